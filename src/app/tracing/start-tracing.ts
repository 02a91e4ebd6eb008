import { noTracing, type Tracing } from "./tracing.ts";
import type { StartTracingOptions, TracingEnvironment } from "./tracing-options.ts";

/**
 * Tracing as the environment says it: off unless it names where spans go. The
 * SDK is loaded only then, for it takes more memory than the rest of the server.
 *
 * @throws CoalmineError invalid-settings for a sampler that there is not.
 */
export async function startTracing(options: StartTracingOptions): Promise<Tracing> {
  if (!isTracingWanted(options.environment)) return noTracing;
  const { openTracing } = await import("./open-tracing.ts");
  return openTracing(options);
}

/** Whether the environment names where spans go. */
export function isTracingWanted(environment: TracingEnvironment): boolean {
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff =
    environment.OTEL_SDK_DISABLED?.toLowerCase() === "true" || environment.OTEL_TRACES_EXPORTER === "none";
  return Boolean(endpoint) && !isOff;
}

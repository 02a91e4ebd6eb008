import type { Logger } from "../../base/logger.ts";
import type { Ambient } from "./ambient.ts";

/** OpenTelemetry's own variables, as far as they are read here; the exporter reads its others of the process. */
export interface TracingEnvironment {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_TRACES_EXPORTER?: string | undefined;
  readonly OTEL_SDK_DISABLED?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: string | undefined;
}

export interface StartTracingOptions {
  readonly environment: TracingEnvironment;
  readonly ambient: Ambient;
  readonly logger: Logger;
  /** Of the product. */
  readonly version: string;
}

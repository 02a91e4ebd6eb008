import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { unusableSettings } from "../settings/settings.ts";
import type { TracingEnvironment } from "./tracing-options.ts";

/**
 * The sampler of `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, by the names
 * of OpenTelemetry's specification; every trace, and those that a caller samples,
 * unless they are set.
 *
 * @throws CoalmineError invalid-settings for another name, or a share that is none.
 */
export function samplerOf(environment: TracingEnvironment): Sampler {
  const name = environment.OTEL_TRACES_SAMPLER || "parentbased_always_on";
  const sampler = samplers.get(name);
  if (sampler !== undefined) return sampler(environment);
  const message = `is ${JSON.stringify(name)}; known: ${[...samplers.keys()].join(", ")}`;
  throw unusableSettings([{ path: "OTEL_TRACES_SAMPLER", message }]);
}

type CreateSampler = (environment: TracingEnvironment) => Sampler;

const samplers: ReadonlyMap<string, CreateSampler> = new Map<string, CreateSampler>([
  ["always_on", () => new AlwaysOnSampler()],
  ["always_off", () => new AlwaysOffSampler()],
  ["traceidratio", (environment) => new TraceIdRatioBasedSampler(shareOf(environment))],
  ["parentbased_always_on", () => new ParentBasedSampler({ root: new AlwaysOnSampler() })],
  ["parentbased_always_off", () => new ParentBasedSampler({ root: new AlwaysOffSampler() })],
  [
    "parentbased_traceidratio",
    (environment) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(shareOf(environment)) }),
  ],
]);

function shareOf({ OTEL_TRACES_SAMPLER_ARG: text = "" }: TracingEnvironment): number {
  const share = text === "" ? 1 : Number(text);
  if (share >= 0 && share <= 1) return share;
  const message = `is ${JSON.stringify(text)}; wanted a share of the traces from 0 to 1, for instance 0.05`;
  throw unusableSettings([{ path: "OTEL_TRACES_SAMPLER_ARG", message }]);
}

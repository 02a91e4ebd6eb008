// One rollout of a public benchmark, judged by the product's defaults.
import * as z from "zod";
import { replay } from "../../src/analysis/run/replay.ts";
import { parseMatchers } from "../../src/analysis/spec/parse-selector.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";

const cohort = z.looseObject({
  labels: z.record(z.string(), z.string()).optional(),
  selector: z.string().optional(),
});

const rolloutRequest = z.looseObject({
  id: z.string(),
  prometheus: z.string(),
  style: z.enum(["istio-workload", "istio-service", "istio-version", "http"]),
  start: z.number(),
  end: z.number(),
  metrics: z.looseObject({ requests: z.string(), latency: z.string(), unit: z.enum(["ms", "s"]) }),
  canary: cohort,
  baseline: cohort,
});

/** What a benchmark of canary judges asks about one rollout; times are unix seconds. */
export type RolloutRequest = z.output<typeof rolloutRequest>;

export interface RolloutAnswer {
  readonly verdict: "pass" | "fail" | "inconclusive";
  /** Unix seconds of the look at which the verdict became final. */
  readonly at: number;
  readonly reason: string;
}

/**
 * Judges as if live, with no sample newer than the look it stands at; nothing is
 * set beyond what the request says. What cannot be judged is inconclusive at the end.
 *
 * @throws ZodError if the input is not a {@link RolloutRequest}.
 */
export async function judgeRollout(input: unknown): Promise<RolloutAnswer> {
  const request = rolloutRequest.parse(input);
  const source = createPrometheusSource({
    name: "default",
    settings: prometheusSourceSettings.parse({ url: request.prometheus }),
    clock: systemClock,
    random: Math.random,
  });
  try {
    const spec = parseSpec(specOf(request));
    let last: RolloutAnswer = { verdict: "inconclusive", at: request.end, reason: "no look was due" };
    const options = { id: request.id, spec, sources: [source], startedAt: request.start * 1_000 };
    for await (const { result } of replay({ ...options, signal: AbortSignal.timeout(120_000) })) {
      if (result.verdict === null || result.decidedAt === null) continue;
      const reason = `${result.reason.code}: ${result.reason.text}`;
      last = { verdict: result.verdict, at: Date.parse(result.decidedAt) / 1_000, reason };
    }
    return last;
  } catch (thrown) {
    const { code, message } = CoalmineError.from(thrown);
    return { verdict: "inconclusive", at: request.end, reason: `${code}: ${message}` };
  } finally {
    await source.close();
  }
}

function specOf(request: RolloutRequest): unknown {
  const canary = selectorOf(request.canary);
  return {
    service: request.id,
    telemetry: telemetryOf(request, canary),
    cohorts: { canary: { selector: canary }, baseline: { selector: selectorOf(request.baseline) } },
    duration: request.end - request.start,
  };
}

function telemetryOf({ style, metrics }: RolloutRequest, canary: string) {
  if (style === "http") {
    const { requests, latency, unit } = metrics;
    return { preset: "http", requests, duration: latency, durationUnit: unit };
  }
  const named = parseMatchers(canary).find(({ label }) => label === "reporter")?.value;
  return { preset: "istio", reporter: named ?? (style === "istio-service" ? "source" : "destination") };
}

/** The matchers inside a selector's braces, from the selector or else from the labels. */
function selectorOf({ labels = {}, selector }: z.output<typeof cohort>): string {
  const braces = selector === undefined ? null : /^[^{]*\{(.*)\}\s*$/s.exec(selector);
  if (braces !== null) return braces[1] ?? "";
  if (selector !== undefined && selector !== "") return selector;
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
}

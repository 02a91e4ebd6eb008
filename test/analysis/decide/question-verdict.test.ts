/** What the deadline finds on `slower`, where the histogram has no boundary at that many times the baseline's. */
import { expect, it } from "vitest";
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { type SyntheticCohort, sourceOf, syntheticService } from "../../support/synthetic-service.ts";

const startedAt = Date.UTC(2026, 0, 1);

/** Of the latencies' log-normal law, from the median to the P95. */
const toP95 = Math.exp(0.7 * 1.645);

const spec = parseSpec({
  service: "checkout",
  telemetry: "http",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
  metrics: [{ name: "p95", kind: "latency", quantile: 0.95, slower: "2x" }],
});

/** The baseline's P95 is 100 ms, and the histogram has no boundary between that and 250 ms. */
const baseline: SyntheticCohort = {
  version: "v1",
  pods: 3,
  requestsPerSecond: 20,
  errorRate: 0.005,
  latency: 0.1 / toP95,
};

/** The verdicts on a canary whose latencies are so many times the baseline's, for several seeds. */
async function verdicts(times: number): Promise<readonly (string | null)[]> {
  const canary = { ...baseline, version: "v2", pods: 2, latency: (times * 0.1) / toP95 };
  const runs = [1, 2, 3, 4, 5].map(async (seed) => {
    const series = syntheticService({ startedAt, seconds: 700, seed, cohorts: [baseline, canary] });
    const signal = new AbortController().signal;
    let last: AnalysisResult | null = null;
    for await (const { result } of replay({ id: "a", spec, sources: [sourceOf(series)], startedAt, signal }))
      last = result;
    return last?.verdict ?? null;
  });
  return await Promise.all(runs);
}

it.each([1, 1.5])("passes a canary %d times as slow, every time", async (times) => {
  expect(new Set(await verdicts(times))).toEqual(new Set(["pass"]));
});

it("fails a canary three times as slow", async () => {
  expect(new Set(await verdicts(3))).toEqual(new Set(["fail"]));
});

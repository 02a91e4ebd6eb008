import { describe, expect, it } from "vitest";
import type { Series } from "../../../src/analysis/ports.ts";
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import type { AnalysisSpec } from "../../../src/analysis/spec/model.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { type SyntheticCohort, sourceOf, syntheticService } from "../../support/synthetic-service.ts";

const startedAt = Date.UTC(2026, 0, 1);
const healthy: SyntheticCohort = {
  version: "v1",
  pods: 3,
  requestsPerSecond: 20,
  errorRate: 0.005,
  latency: 0.04,
};
const canary = (change: Partial<SyntheticCohort> = {}): SyntheticCohort => ({
  ...healthy,
  version: "v2",
  pods: 2,
  requestsPerSecond: 10,
  ...change,
});

const spec = (change: Record<string, unknown> = {}) =>
  parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    ...change,
  });

async function run(
  cohorts: readonly SyntheticCohort[],
  change: Record<string, unknown> = {},
  history?: number,
): Promise<AnalysisResult> {
  const series = syntheticService({
    startedAt,
    seconds: 700,
    cohorts,
    ...(history === undefined ? {} : { history }),
  });
  return await lastOf(series, spec(change));
}

async function lastOf(series: readonly Series[], judged: AnalysisSpec): Promise<AnalysisResult> {
  let last: AnalysisResult | null = null;
  const options = { id: "a", spec: judged, sources: [sourceOf(series)], startedAt };
  for await (const { result } of replay({ ...options, signal: new AbortController().signal })) last = result;
  if (last === null) throw new Error("no step");
  return last;
}

const minutes = (result: AnalysisResult) => (Date.parse(result.decidedAt ?? "") - startedAt) / 60_000;

describe("replay", () => {
  it("passes a canary that is the same as the baseline, at the end of the duration", async () => {
    const result = await run([healthy, canary()]);
    expect(result).toMatchObject({ verdict: "pass", phase: "done", ticks: 10 });
    expect(result.score).toBeGreaterThanOrEqual(75);
    expect(minutes(result)).toBe(10);
    expect(result.metrics.map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
  });

  it("fails ten times the errors within a few ticks after the warm-up, and says so in numbers", async () => {
    const result = await run([healthy, canary({ errorRate: 0.05 })]);
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(result.reason.text).toMatch(/^errors: canary \d.*% \(.* of .*\), baseline .*%/);
    expect(minutes(result)).toBeLessThanOrEqual(7);
    expect(result.score).toBeLessThan(25);
  });

  it("fails a canary that is twice as slow by its latency metric", async () => {
    const result = await run([healthy, canary({ latency: 0.08 })]);
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(result.reason.text).toContain("latency");
    expect(result.metrics.find(({ kind }) => kind === "latency")).toMatchObject({
      verdict: "fail",
      regressed: true,
    });
  });

  it.each([
    ["half a minute, as Prometheus' operator has it", 30, 17],
    ["a minute, as Prometheus itself has it", 60, 17],
    ["a minute, the canary's just after the baseline's", 60, 3],
  ])("compares cohorts whose one pod each is scraped every %s", async (_, scrapeSeconds, phase) => {
    const judged = async (errorRate: number) => {
      const cohorts = [
        { ...healthy, pods: 1 },
        { ...canary({ errorRate }), pods: 1, phase },
      ];
      return await lastOf(syntheticService({ startedAt, seconds: 700, scrapeSeconds, cohorts }), spec());
    };
    expect(await judged(0.005)).toMatchObject({ verdict: "pass" });
    const bad = await judged(0.05);
    expect(bad).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(minutes(bad)).toBeLessThanOrEqual(6);
  });

  it("fails a total outage by the outage channel, before the warm-up is over", async () => {
    const result = await run([healthy, canary({ errorRate: 1, bornAt: 1 })]);
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "outage" } });
    expect(minutes(result)).toBeLessThanOrEqual(3);
  });

  it("does not hold a slow start against a new canary pod", async () => {
    const coldStart = canary({ bornAt: 1, errorRate: (second) => (second < 150 ? 0.03 : 0.005) });
    expect(await run([healthy, coldStart], { duration: "10m" })).toMatchObject({ verdict: "pass" });
  });

  it("counts across a restart in the middle of the run", async () => {
    const result = await run([{ ...healthy, restartAt: 300 }, canary({ restartAt: 330 })]);
    expect(result.verdict).toBe("pass");
  });

  it("is inconclusive, naming the selector, when the canary has no series", async () => {
    const result = await run([healthy]);
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result.reason.text).toContain('http_requests_total{service="checkout",version="v2"}');
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: "no-series" }));
  });

  it("forgets the warning of a canary without series once its pods have come", async () => {
    const result = await run([healthy, canary({ bornAt: 40 })]);
    expect(result.metrics[0]?.canary?.total).toBeGreaterThan(0);
    expect(result.warnings.map(({ text }) => text).join()).not.toContain("no canary series yet");
  });

  it("is inconclusive when the canary's series exist and never move", async () => {
    const still = canary({ requestsPerSecond: (second) => (second < -60 ? 5 : 0) });
    expect(await run([healthy, still])).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-data" },
    });
  });

  it("is inconclusive when there is no baseline to compare with", async () => {
    const result = await run([canary()]);
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-baseline-data" } });
  });

  it("fails when a canary that is still scraped loses its traffic", async () => {
    const result = await run([healthy, canary({ requestsPerSecond: (second) => (second < 240 ? 10 : 0) })]);
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "traffic-lost" } });
  });

  it("is inconclusive when the canary's series vanish", async () => {
    const result = await run([healthy, canary({ diesAt: 200 })], { duration: "15m" });
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result.reason.text).toContain("no usable canary samples for 5m");
  });

  it("refuses cohorts that share a series", async () => {
    const cohorts = { canary: { selector: 'service="checkout"' }, baseline: { version: "v1" } };
    await expect(run([healthy, canary()], { cohorts })).rejects.toThrow("canary and baseline overlap");
  });

  it("chooses latency boundaries from the first minute when the baseline has no past", async () => {
    const result = await run([healthy, canary({ latency: 0.1 })], { warmup: "0s" }, 0);
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: "no-baseline-history" }));
    expect(result).toMatchObject({ verdict: "fail" });
    expect(result.reason.text).toContain("latency");
  });

  it("says how many more requests it would take when there were too few to tell", async () => {
    const quiet = { requestsPerSecond: 0.6 };
    const result = await run([{ ...healthy, ...quiet, pods: 1 }, canary({ ...quiet, pods: 1 })], {
      metrics: [{ name: "errors", kind: "errors" }],
    });
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "underpowered" } });
    expect(result.reason.text).toMatch(/about [\d,]+ more canary requests would tell/);
  });

  it("gives the same verdict bit for bit when it is run again", async () => {
    const cohorts = [healthy, canary({ errorRate: 0.02 })];
    expect(await run(cohorts)).toEqual(await run(cohorts));
  });
});

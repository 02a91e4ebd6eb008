import { describe, expect, it } from "vitest";
import { advance, startAnalysis } from "../../../src/analysis/advance/advance.ts";
import type { AnalysisState } from "../../../src/analysis/advance/state.ts";
import type { CohortCounts, MetricObservation, Observation } from "../../../src/analysis/observation.ts";
import { type Plan, planAnalysis } from "../../../src/analysis/plan/plan.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";

const planOf = (change: Record<string, unknown>): Plan =>
  planAnalysis(
    parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: "errors", kind: "errors" }],
      ...change,
    }),
  );

const cohort = (total: number, bad: number): CohortCounts => ({
  settled: { total, bad: [bad] },
  warming: { total: 0, bad: [0] },
  sampled: true,
  pods: [],
  podsWithBad: [],
});
const errors = (nc: number, xc: number, nb: number, xb: number): MetricObservation => ({
  kind: "counts",
  strata: [{ canary: cohort(nc, xc), baseline: cohort(nb, xb) }],
});
const look = (...metrics: readonly MetricObservation[]): Observation => ({
  kind: "look",
  metrics,
  pods: [],
  warnings: [],
});

/** Feeds one observation each `stepMs`. */
function feed(plan: Plan, observations: readonly Observation[], stepMs = plan.spec.tickMs): AnalysisState {
  let state = startAnalysis(plan, 0);
  for (const [i, observation] of observations.entries())
    state = advance(plan, state, observation, (i + 1) * stepMs);
  return state;
}
const repeat = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);

describe("advance", () => {
  it("caps the evidence of a tick over all its looks and all its regions", () => {
    const plan = planOf({ outageChannel: false });
    const awful = errors(100, 100, 900, 0);
    const regions: MetricObservation = {
      kind: "counts",
      strata: repeat(3, { canary: cohort(100, 100), baseline: cohort(900, 0) }),
    };
    const oneTick = (observation: MetricObservation) => feed(plan, repeat(4, look(observation)), 15_000);
    expect(oneTick(awful).decision).toBeNull();
    expect(oneTick(regions).decision).toBeNull();
  });

  it("loses a canary that gets no more traffic only while the caller sends it some", () => {
    const plan = planOf({ duration: "20m" });
    const seen = [...repeat(4, look(errors(50, 0, 450, 0))), ...repeat(4, look(errors(0, 0, 450, 0)))];
    expect(feed(plan, seen).decision).toMatchObject({ verdict: "fail", reason: { code: "traffic-lost" } });
    const weight: Observation = { kind: "weight", weight: 0 };
    expect(feed(plan, [weight, ...seen]).decision).toBeNull();
  });

  it("does not call a quiet canary lost", () => {
    const plan = planOf({ duration: "90m" });
    const quiet = [...repeat(60, look(errors(1, 0, 99, 0))), ...repeat(4, look(errors(0, 0, 99, 0)))];
    expect(feed(plan, quiet).decision).toBeNull();
  });

  it("fails a condition once it has held without a break for as long as it says", () => {
    const metrics = [
      { name: "errors", kind: "errors" },
      { name: "ready", kind: "condition", query: "not_ready == 1", for: "3m" },
    ];
    const plan = planOf({ metrics });
    const at = (holds: boolean | null) => look(errors(500, 2, 4_500, 20), { kind: "condition", holds });
    const broken = [at(true), at(true), at(false), at(true), at(true), at(true)];
    expect(feed(plan, broken).decision).toBeNull();
    expect(feed(plan, [...broken, at(true)]).decision).toMatchObject({ reason: { code: "condition-held" } });
  });

  it("never passes a condition that could not be read", () => {
    const metrics = [
      { name: "errors", kind: "errors" },
      { name: "ready", kind: "condition", query: "not_ready == 1", for: "3m" },
    ];
    const unread = look(errors(500, 2, 4_500, 20), { kind: "condition", holds: null });
    expect(feed(planOf({ metrics }), repeat(10, unread)).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-data" },
    });
  });

  it("fails a gauge that lies above its margin in every block", () => {
    const heap = { name: "heap", kind: "gauge", query: "heap_bytes", gate: true };
    const plan = planOf({ metrics: [heap], duration: "100m" });
    const above = look({ kind: "gauge", canary: 200, baseline: 100 });
    const equal = look({ kind: "gauge", canary: 100, baseline: 100 });
    expect(feed(plan, repeat(100, above)).decision).toMatchObject({ verdict: "fail" });
    expect(feed(plan, repeat(100, equal)).decision).toMatchObject({ verdict: "pass" });
  });

  it("drops a look whose counts cannot be true and goes on", () => {
    const plan = planOf({});
    const good = look(errors(500, 2, 4_500, 20));
    const state = feed(plan, [good, look({ kind: "dropped" }), ...repeat(8, good)]);
    expect(state.decision?.verdict).toBe("pass");
  });

  it("changes nothing once the verdict is final", () => {
    const plan = planOf({});
    const failed = feed(plan, repeat(5, look(errors(100, 50, 900, 1))));
    expect(failed.decision?.verdict).toBe("fail");
    expect(advance(plan, failed, { kind: "cancel" }, 10_000_000)).toBe(failed);
  });
});

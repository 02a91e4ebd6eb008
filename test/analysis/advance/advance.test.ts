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

  it("keeps what it knows of the baseline's latencies over a look that finds no histogram", () => {
    const plan = planOf({ metrics: [{ name: "latency", kind: "latency" }] });
    const seen = (
      total: number,
      form: "classic" | "native",
      bounds: readonly number[],
    ): MetricObservation => ({
      kind: "distribution",
      distribution: { form, bounds, baseline: { total, bad: bounds.map(() => total / 10) } },
    });
    const half = look(seen(60, "classic", [0.1, 0.5]));
    const state = feed(plan, [half, look(seen(0, "native", [])), half], 15_000);
    expect(state.metrics[0]).toMatchObject({ distribution: { form: "classic", baseline: { total: 120 } } });
  });

  it("drops a look whose counts cannot be true and goes on", () => {
    const plan = planOf({});
    const good = look(errors(500, 2, 4_500, 20));
    const state = feed(plan, [good, look({ kind: "dropped" }), ...repeat(8, good)]);
    expect(state.decision?.verdict).toBe("pass");
  });

  const absent: CohortCounts = { ...cohort(0, 0), sampled: false };
  const fine = errors(500, 2, 4_500, 20);
  const noCanary: MetricObservation = {
    kind: "counts",
    strata: [{ canary: absent, baseline: cohort(4_500, 20) }],
  };

  it("never passes a canary whose series vanished near the end", () => {
    const seen = [...repeat(7, look(fine)), ...repeat(3, look(noCanary))];
    expect(feed(planOf({}), seen).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-data" },
    });
  });

  it("never passes beside a baseline whose series vanished near the end", () => {
    const noBaseline: MetricObservation = {
      kind: "counts",
      strata: [{ canary: cohort(500, 400), baseline: absent }],
    };
    expect(
      feed(planOf({}), [...repeat(7, look(fine)), ...repeat(3, look(noBaseline))]).decision,
    ).toMatchObject({ verdict: "inconclusive", reason: { code: "no-baseline-data" } });
  });

  it("waits for a canary that comes late, and does not take the wait for silence", () => {
    const plan = planOf({ duration: "20m" });
    const late = [...repeat(32, look(noCanary)), ...repeat(48, look(fine))];
    expect(feed(plan, late, 15_000).decision).toMatchObject({ verdict: "pass" });
  });

  it("never passes a canary that was there for the last two ticks only", () => {
    const late = [...repeat(8, look(noCanary)), ...repeat(2, look(errors(5_000, 2, 4_500, 20)))];
    expect(feed(planOf({ evidenceCap: 10, outageChannel: false }), late).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "too-few-requests" },
    });
  });

  it("ends inconclusive when a gating metric other than errors goes silent", () => {
    const ratio = { name: "refunds", kind: "ratio", bad: "refunds_failed", total: "refunds_total" };
    const plan = (gate: boolean) =>
      planOf({
        metrics: [
          { name: "errors", kind: "errors" },
          { ...ratio, gate },
        ],
      });
    const looks = [...repeat(4, look(fine, fine)), ...repeat(6, look(fine, noCanary))];
    expect(feed(plan(true), looks).decision).toMatchObject({
      verdict: "inconclusive",
      at: 9 * 60_000,
      reason: { code: "no-data", text: expect.stringContaining("refunds: no usable canary samples for 5m") },
    });
    expect(feed(plan(false), looks).decision).toMatchObject({ verdict: "pass" });
  });

  it("does not take the time between two scrapes for silence, however short a tick", () => {
    const plan = planOf({ tick: "1s", interval: "1s", duration: "10m" });
    const none: MetricObservation = { kind: "counts", strata: [{ canary: absent, baseline: absent }] };
    const looks = Array.from({ length: 600 }, (_, i) => look(i % 60 === 0 ? fine : none));
    expect(feed(plan, looks, 1_000).decision).toMatchObject({ verdict: "pass" });
  });

  it("ends inconclusive when a metric's counts could not be true from some tick on, and warns", () => {
    const state = feed(planOf({}), [...repeat(4, look(fine)), ...repeat(6, look({ kind: "dropped" }))]);
    expect(state.decision).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(state.warnings).toEqual([{ code: "bad-data", text: expect.stringContaining("errors") }]);
  });

  it("says so when no look's counts could be true", () => {
    const { decision } = feed(planOf({}), repeat(10, look({ kind: "dropped" })));
    expect(decision).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(decision?.reason.text).toContain("could not be true");
  });

  it("withholds a pass from a canary that broke once it had all the traffic", () => {
    const alone = look(errors(5_000, 1_000, 0, 0));
    expect(feed(planOf({}), [...repeat(6, look(fine)), ...repeat(4, alone)]).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-baseline-data" },
    });
  });

  it("does not hold against a canary that it was idle while the caller sent it nothing", () => {
    const plan = planOf({ duration: "20m" });
    const weight = (percent: number): Observation => ({ kind: "weight", weight: percent });
    const idle = look(errors(0, 0, 450, 0));
    const looks = [...repeat(4, look(errors(50, 0, 450, 0))), weight(0), ...repeat(6, idle)];
    expect(feed(plan, [...looks, weight(50), idle]).decision).toBeNull();
    expect(feed(plan, [...looks, weight(50), ...repeat(3, idle)]).decision).toMatchObject({
      reason: { code: "traffic-lost" },
    });
  });

  it("expects no more of a canary than the share the caller says", () => {
    const plan = planOf({ duration: "20m" });
    const weight: Observation = { kind: "weight", weight: 1 };
    const even = repeat(4, look(errors(60, 0, 60, 0)));
    const idle = repeat(4, look(errors(0, 0, 120, 0)));
    expect(feed(plan, [...even, weight, ...idle]).decision).toBeNull();
    expect(feed(plan, [...even, ...idle]).decision).toMatchObject({ reason: { code: "traffic-lost" } });
  });

  it("does not take the traffic of a metric that does not gate for the canary's", () => {
    const shown = { name: "refunds", kind: "ratio", bad: "b_total", total: "a_total", gate: false };
    const gating = { name: "orders", kind: "ratio", bad: "d_total", total: "c_total" };
    const idle = look(errors(0, 0, 4_500, 20), fine);
    const looks = [...repeat(5, look(fine, fine)), ...repeat(5, idle)];
    expect(feed(planOf({ metrics: [shown, gating] }), looks).decision).toMatchObject({ verdict: "pass" });
  });

  it("fails a gauge that must not fall when it falls, not when it stays", () => {
    const rate = { name: "rate", kind: "gauge", query: "throughput", gate: true, failAbove: "0.8x" };
    const plan = planOf({ metrics: [rate], duration: "100m" });
    const at = (canary: number) => repeat(100, look({ kind: "gauge", canary, baseline: 100 }));
    expect(feed(plan, at(50)).decision).toMatchObject({ verdict: "fail" });
    expect(feed(plan, at(100)).decision).toMatchObject({ verdict: "pass" });
  });

  it("never passes a gauge or a condition that is no longer read at the end", () => {
    const heap = { name: "heap", kind: "gauge", query: "heap_bytes", gate: true };
    const equal = look({ kind: "gauge", canary: 100, baseline: 100 });
    const gone = look({ kind: "gauge", canary: null, baseline: 100 });
    const gauges = [...repeat(90, equal), ...repeat(10, gone)];
    expect(feed(planOf({ metrics: [heap], duration: "100m" }), gauges).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-data" },
    });
    const ready = { name: "ready", kind: "condition", query: "not_ready == 1" };
    const condition = (holds: boolean | null) => look({ kind: "condition", holds });
    const read = [...repeat(7, condition(false)), ...repeat(3, condition(null))];
    expect(feed(planOf({ metrics: [ready] }), read).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-data" },
    });
  });

  it("does not pass early while a condition holds that may yet fail", () => {
    const metrics = [
      { name: "errors", kind: "errors" },
      { name: "ready", kind: "condition", query: "not_ready == 1", for: "5m" },
    ];
    const plan = planOf({ metrics, pass: "early" });
    const at = (holds: boolean) => look(errors(2_000, 4, 18_000, 40), { kind: "condition", holds });
    expect(feed(plan, repeat(5, at(true))).decision).toBeNull();
    expect(feed(plan, repeat(5, at(false))).decision).toMatchObject({ verdict: "pass" });
  });

  it("says what a pass rests on when nothing was compared", () => {
    const ready = { name: "ready", kind: "condition", query: "not_ready == 1" };
    const clear = repeat(10, look({ kind: "condition", holds: false }));
    expect(feed(planOf({ metrics: [ready] }), clear).decision?.reason.code).toBe("condition-clear");
    const limit = { name: "errors", kind: "errors", limit: "5%" };
    expect(feed(planOf({ metrics: [limit] }), repeat(10, look(fine))).decision?.reason.code).toBe(
      "within-limit",
    );
  });

  it("says of latency without boundaries that the baseline lacks requests, not the canary", () => {
    const distribution = { form: "classic", bounds: [1], baseline: { total: 1, bad: [0] } } as const;
    const plan = planOf({
      metrics: [
        { name: "errors", kind: "errors" },
        { name: "latency", kind: "latency" },
      ],
    });
    const both = look(fine, { kind: "distribution", distribution });
    expect(feed(plan, repeat(10, both)).decision).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "no-baseline-data", text: expect.stringContaining("too few requests") },
    });
  });

  it("changes nothing once the verdict is final", () => {
    const plan = planOf({});
    const failed = feed(plan, repeat(5, look(errors(100, 50, 900, 1))));
    expect(failed.decision?.verdict).toBe("fail");
    expect(advance(plan, failed, { kind: "cancel" }, 10_000_000)).toBe(failed);
  });
});

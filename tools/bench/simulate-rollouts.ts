// Rollouts through the shipped state machine, without a source: counts drawn, looks every 15 s, verdicts collected.
import { advance, startAnalysis } from "../../src/analysis/advance/advance.ts";
import type { AnalysisState } from "../../src/analysis/advance/state.ts";
import type { CohortCounts, Distribution, MetricObservation, Tally } from "../../src/analysis/observation.ts";
import { type Plan, planAnalysis } from "../../src/analysis/plan/plan.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";

const looksATick = 4;
const warmupMinutes = 3;
const minutes = 60;

/** What happens in a part of a rollout's minute; `state` tells which boundaries are asked about. */
export interface Course {
  /** What the first look is told of the baseline's past; null for metrics that need none. */
  readonly history: Distribution | null;
  readonly draw: (minute: number, part: number, state: AnalysisState) => Record<"canary" | "baseline", Tally>;
}

export interface SimulatedVerdict {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly minute: number;
}

/** The plan of an hour with one metric and the defaults, low traffic allowed. */
export function oneMetricPlan(kind: "errors" | "latency"): Plan {
  return planAnalysis(
    parseSpec({
      service: "bench",
      telemetry: "istio",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: kind, kind }],
      duration: `${minutes}m`,
      minCanaryRequests: 1,
    }),
  );
}

/** One rollout by the spec's defaults: the verdict and the minute it came in. */
export function simulateRollout(plan: Plan, { history, draw }: Course): SimulatedVerdict {
  let state = startAnalysis(plan, 0);
  if (history !== null) state = look(plan, state, { kind: "distribution", distribution: history }, 0);
  for (let minute = 0; minute < minutes; minute++) {
    for (let part = 1; part <= looksATick; part++) {
      const { canary, baseline } = draw(minute, 1 / looksATick, state);
      const strata = [{ canary: cohort(canary, minute >= warmupMinutes), baseline: cohort(baseline, true) }];
      const now = minute * 60_000 + part * (60_000 / looksATick);
      state = look(plan, state, { kind: "counts", strata }, now);
      if (state.decision !== null) return { verdict: state.decision.verdict, minute: now / 60_000 };
    }
  }
  throw new Error("an analysis that did not end");
}

function look(plan: Plan, state: AnalysisState, metric: MetricObservation, now: number): AnalysisState {
  return advance(plan, state, { kind: "look", metrics: [metric], pods: [], warnings: [] }, now);
}

function cohort(tally: Tally, isWarm: boolean): CohortCounts {
  const none: Tally = { total: 0, bad: tally.bad.map(() => 0) };
  return {
    settled: isWarm ? tally : none,
    warming: isWarm ? none : tally,
    sampled: true,
    pods: [],
    podsWithBad: [],
  };
}

/** A table's row: verdicts in percent, and the median minute of the fails at or after the onset. */
export function verdictCells(verdicts: readonly SimulatedVerdict[], onset: number | null): string {
  const percent = (verdict: string) =>
    ((100 * verdicts.filter((one) => one.verdict === verdict).length) / verdicts.length).toFixed(1);
  const delays = verdicts
    .filter(({ verdict, minute }) => verdict === "fail" && minute > (onset ?? 0))
    .map(({ minute }) => minute - (onset ?? 0))
    .sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)]?.toFixed(1) ?? "–";
  return `${percent("fail")} | ${median} | ${percent("pass")} | ${percent("inconclusive")}`;
}

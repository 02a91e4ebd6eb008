import {
  type CompareState,
  commitCompare,
  lookCompare,
  startCompare,
} from "../../engine/sequential/compare-test.ts";
import type { MetricObservation, Tally } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";

/** The outage channel before its first look; null where the spec has none. */
export function startOutage(plan: Plan): CompareState | null {
  return plan.outageMetric < 0 ? null : startCompare(plan.outageTest);
}

/** Adds one look, pods in their warm-up included: a total outage is not a slow start (stats.md §10.4). */
export function lookOutage(
  plan: Plan,
  state: CompareState | null,
  metrics: readonly MetricObservation[],
): CompareState | null {
  const observation = metrics[plan.outageMetric];
  if (state === null || observation?.kind !== "counts") return state;
  const strata = observation.strata.map(({ canary, baseline }) => ({
    nc: canary.settled.total + canary.warming.total,
    xc: firstBad(canary.settled) + firstBad(canary.warming),
    nb: baseline === null ? 0 : baseline.settled.total + baseline.warming.total,
    xb: baseline === null ? 0 : firstBad(baseline.settled) + firstBad(baseline.warming),
  }));
  return lookCompare(plan.outageTest, state, strata);
}

export function commitOutage(plan: Plan, state: CompareState | null): CompareState | null {
  return state === null ? null : commitCompare(plan.outageTest, state);
}

function firstBad({ bad }: Tally): number {
  return bad[0] ?? 0;
}

import { commitCompare, lookCompare, startCompare } from "../../engine/sequential/compare-test.ts";
import type { Stratum, Tally } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { OutageState } from "./state.ts";

/** The outage channel before its first look; null where the spec has none. */
export function startOutage(plan: Plan): OutageState | null {
  if (plan.outageMetric < 0) return null;
  return { test: startCompare(plan.outageTest), counts: { nc: 0, xc: 0, nb: 0, xb: 0 } };
}

/**
 * Adds one look, pods in their warm-up included: a total outage is not a slow start (stats.md §10.4).
 *
 * @param looked what the look saw of the channel's metric.
 */
export function lookOutage(
  plan: Plan,
  state: OutageState | null,
  looked: readonly Stratum[],
): OutageState | null {
  if (state === null) return state;
  const strata = looked.map(({ canary, baseline }) => ({
    nc: canary.settled.total + canary.warming.total,
    xc: firstBad(canary.settled) + firstBad(canary.warming),
    nb: baseline === null ? 0 : baseline.settled.total + baseline.warming.total,
    xb: baseline === null ? 0 : firstBad(baseline.settled) + firstBad(baseline.warming),
  }));
  return {
    test: lookCompare(plan.outageTest, state.test, strata),
    counts: strata.reduce(
      (sum, { nc, xc, nb, xb }) => ({ nc: sum.nc + nc, xc: sum.xc + xc, nb: sum.nb + nb, xb: sum.xb + xb }),
      state.counts,
    ),
  };
}

export function commitOutage(plan: Plan, state: OutageState | null): OutageState | null {
  return state === null ? null : { ...state, test: commitCompare(plan.outageTest, state.test) };
}

function firstBad({ bad }: Tally): number {
  return bad[0] ?? 0;
}

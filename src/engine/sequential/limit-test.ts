import { requireCounts, requireFraction } from "../counts.ts";
import {
  addIncrements,
  commitTick,
  type EvidenceRule,
  type EvidenceState,
  logEvidence,
  startEvidence,
} from "./evidence.ts";

/**
 * The test of one cohort's rate p against an absolute limit L.
 *
 * With a grid above 1 the null is p ≤ L in every tick and evidence says "over
 * the limit"; with a grid below 1 the null is p ≥ L and evidence says "under".
 *
 *     inc_j = x ln g_j − n·L(g_j − 1)
 *
 * Its expectation is at most exp(n(p − L)(g_j − 1)) ≤ 1 under the null, for
 * independent requests of any rates that average p. stats.md §1.7b.
 */
export interface LimitTest {
  readonly rule: EvidenceRule;
  /** L, a fraction above 0 and below 1. */
  readonly limit: number;
}

/** Requests of one stratum of one look. */
export interface LimitCounts {
  readonly total: number;
  readonly bad: number;
}

/** The test between two looks, in plain JSON. */
export type LimitState = EvidenceState;

/** @throws RangeError if the limit or the rule is out of its range. */
export function startLimit(test: LimitTest): LimitState {
  requireFraction("the limit", test.limit);
  return startEvidence(test.rule);
}

/**
 * Adds one look's strata to the running tick; strata share the limit, so only
 * their sums matter.
 *
 * @throws RangeError if counts are negative, not numbers, or more bad than total.
 */
export function lookLimit(test: LimitTest, state: LimitState, strata: readonly LimitCounts[]): LimitState {
  let n = 0;
  let x = 0;
  for (const { total, bad } of strata) {
    requireCounts("cohort", total, bad);
    n += total;
    x += bad;
  }
  return addIncrements(
    state,
    test.rule.grid.map((g) => x * Math.log(g) - n * test.limit * (g - 1)),
  );
}

/** ln of the e-value as if the running tick ended now. */
export function logLimit(test: LimitTest, state: LimitState): number {
  return logEvidence(test.rule, state);
}

/** Ends the running tick. */
export function commitLimit(test: LimitTest, state: LimitState): LimitState {
  return commitTick(test.rule, state);
}

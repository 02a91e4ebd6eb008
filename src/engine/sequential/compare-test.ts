import { requireCounts, requireFraction, requirePositive } from "../counts.ts";
import {
  addIncrements,
  commitTick,
  type EvidenceRule,
  type EvidenceState,
  logEvidence,
  startEvidence,
} from "./evidence.ts";
import { projectBaselineRate } from "./project.ts";

/**
 * The test of the canary's rate pc against the baseline's pb with an affine
 * margin: is pc beyond r·pb + d?
 *
 * With a grid above 1 the null is pc ≤ r·pb + d in every tick and evidence says
 * "worse"; with a grid below 1 the null is pc ≥ r·pb + d and evidence says
 * "better".
 *
 *     qb    = (rate·requests of the prior + xb of committed ticks) / (the same of nb)
 *     qc_j  = g_j (r·qb + d),   pb0 = projection of (qc_j, qb),   pc0 = r·pb0 + d
 *     inc_j = xc ln(qc_j/pc0) + xb ln(qb/pb0) − nc(qc_j − pc0) − nb(qb − pb0)
 *
 * Exact for independent requests with any rates and any split of the traffic:
 * what moves both cohorts within a look cancels. It does not see retries or
 * bursts as one event; the rule's cap and dispersion are for those.
 * stats.md §1.6; looks and strata are summed within a tick, §11.4.
 */
export interface CompareTest {
  readonly rule: EvidenceRule;
  /** r, above 0: 1.25 lets the canary be a quarter worse. */
  readonly ratio: number;
  /** d, a fraction, 0 or more: 0.005 lets it be half a percentage point worse. */
  readonly points: number;
  /** What is assumed of the baseline before its own counts outweigh it; of no effect where `points` is 0. */
  readonly prior: { readonly rate: number; readonly requests: number };
}

/** Requests (n) and bad ones (x) of the canary (c) and the baseline (b) in one stratum of one look. */
export interface CompareCounts {
  readonly nc: number;
  readonly xc: number;
  readonly nb: number;
  readonly xb: number;
}

/** The test between two looks, in plain JSON. */
export interface CompareState {
  readonly evidence: EvidenceState;
  /** Baseline requests of committed ticks; only these make qb, so that it is known before the tick it is used in. */
  readonly past: { readonly requests: number; readonly bad: number };
  /** Baseline requests of the running tick. */
  readonly running: { readonly requests: number; readonly bad: number };
}

/** @throws RangeError if the test's numbers are out of their range. */
export function startCompare(test: CompareTest): CompareState {
  requirePositive("the ratio", test.ratio);
  requireFraction("the prior's rate", test.prior.rate);
  requirePositive("the prior's requests", test.prior.requests);
  if (!(test.points >= 0 && test.points < 1)) {
    throw new RangeError(`the points must be a fraction from 0 to below 1, got ${test.points}`);
  }
  return {
    evidence: startEvidence(test.rule),
    past: { requests: 0, bad: 0 },
    running: { requests: 0, bad: 0 },
  };
}

/**
 * Adds one look's strata to the running tick. A stratum in which a cohort had
 * no request says nothing about their difference; its baseline still tells the
 * baseline's rate.
 *
 * @throws RangeError if counts are negative, not numbers, or more bad than total.
 */
export function lookCompare(
  test: CompareTest,
  state: CompareState,
  strata: readonly CompareCounts[],
): CompareState {
  let { requests, bad } = state.running;
  for (const { nc, xc, nb, xb } of strata) {
    requireCounts("canary", nc, xc);
    requireCounts("baseline", nb, xb);
    requests += nb;
    bad += xb;
  }
  const qb = baselineRate(test, state);
  const increments: number[] = [];
  for (const multiplier of test.rule.grid) {
    let sum = 0;
    for (const counts of strata) sum += increment(test, multiplier, qb, counts);
    increments.push(sum);
  }
  return {
    evidence: addIncrements(state.evidence, increments),
    past: state.past,
    running: { requests, bad },
  };
}

/** ln of the e-value as if the running tick ended now. */
export function logCompare(test: CompareTest, state: CompareState): number {
  return logEvidence(test.rule, state.evidence);
}

/** Ends the running tick. */
export function commitCompare(test: CompareTest, { evidence, past, running }: CompareState): CompareState {
  return {
    evidence: commitTick(test.rule, evidence),
    past: { requests: past.requests + running.requests, bad: past.bad + running.bad },
    running: { requests: 0, bad: 0 },
  };
}

function baselineRate({ prior }: CompareTest, { past }: CompareState): number {
  // The floor keeps the logarithms finite; any positive rate known beforehand is valid.
  return Math.max(1e-9, (prior.rate * prior.requests + past.bad) / (prior.requests + past.requests));
}

/** inc_j of one stratum. */
function increment(
  { ratio, points }: CompareTest,
  multiplier: number,
  qb: number,
  counts: CompareCounts,
): number {
  const { nc, xc, nb, xb } = counts;
  if (nc === 0 || nb === 0) return 0;
  const qc = multiplier * (ratio * qb + points);
  const pb0 = projectBaselineRate({ nc, nb, qc, qb, ratio, points });
  const pc0 = ratio * pb0 + points;
  // Without points the expected totals agree by the projection; what a subtraction would leave is rounding.
  const expected = points === 0 ? 0 : nc * (qc - pc0) + nb * (qb - pb0);
  return xlog(xc, qc / pc0) + xlog(xb, qb / pb0) - expected;
}

/** x ln(ratio); most looks have no bad event of the canary, and half the cost of an update is its logarithms. */
function xlog(x: number, ratio: number): number {
  return x === 0 ? 0 : x * Math.log(ratio);
}

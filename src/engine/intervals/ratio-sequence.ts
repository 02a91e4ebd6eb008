import { requireCounts, requireFraction } from "../counts.ts";
import { logMeanExp } from "../log-sum-exp.ts";
import { geometricGrid } from "../sequential/grids.ts";
import { bisect } from "./bisect.ts";

/** Requests and bad ones of the canary and the baseline in one tick, or in ticks of the same split added up. */
export type RatioRow = readonly [nc: number, xc: number, nb: number, xb: number];

/** Canary rate over baseline rate. */
export interface RatioInterval {
  /** The most likely ratio; null where it is unbounded or nothing is known. */
  readonly estimate: number | null;
  readonly low: number;
  /** Null where there is no bound, that is without a bad event of the baseline. */
  readonly high: number | null;
}

/**
 * An interval for the ratio of two rates that may be looked at after every tick.
 *
 *     l(r) = Σ_rows xc ln(r·nc/(r·nc + nb)) + xb ln(nb/(r·nc + nb))
 *     {r : l(r) ≥ ln mean_j exp l(g_j) + ln α}                 g = 49 points from 1/64 to 64
 *
 * Each bad event is the canary's with probability r·nc/(r·nc + nb), whatever
 * the rates, so what moves both cohorts cancels. It is the picture beside the
 * compare test, not the decision: its prior is two-sided. A row without both
 * cohorts says nothing. stats.md §1.7.
 *
 * @throws RangeError if a row's counts are not counts, or alpha is not between 0 and 1.
 */
export function ratioCS(rows: readonly RatioRow[], alpha: number): RatioInterval {
  requireFraction("alpha", alpha);
  for (const [nc, xc, nb, xb] of rows) {
    requireCounts("canary", nc, xc);
    requireCounts("baseline", nb, xb);
  }
  const informative = rows.filter(([nc, xc, nb, xb]) => nc > 0 && nb > 0 && xc + xb > 0);
  const canaryBad = informative.reduce((sum, [, xc]) => sum + xc, 0);
  const baselineBad = informative.reduce((sum, [, , , xb]) => sum + xb, 0);
  if (canaryBad + baselineBad === 0) return { estimate: null, low: 0, high: null };

  const threshold = logMeanExp(prior.map((g) => logLikelihood(informative, Math.log(g)))) + Math.log(alpha);
  const isCovered = (logRatio: number) => logLikelihood(informative, logRatio) >= threshold;
  if (canaryBad === 0) {
    return { estimate: 0, low: 0, high: Math.exp(border(isCovered, stepTo(isCovered, 0, -1), 1)) };
  }
  if (baselineBad === 0) {
    return { estimate: null, low: Math.exp(border(isCovered, stepTo(isCovered, 0, 1), -1)), high: null };
  }
  const peak = peakOf(informative, canaryBad);
  return {
    estimate: Math.exp(peak),
    low: Math.exp(border(isCovered, peak, -1)),
    high: Math.exp(border(isCovered, peak, 1)),
  };
}

const prior = geometricGrid(1 / 64, 64, 49);

/** l at r = e^logRatio, in which it is concave. */
function logLikelihood(rows: readonly RatioRow[], logRatio: number): number {
  const r = Math.exp(logRatio);
  let sum = 0;
  for (const [nc, xc, nb, xb] of rows) {
    const odds = (r * nc) / nb;
    sum += xc * (logRatio + Math.log(nc / nb)) - (xc + xb) * Math.log1p(odds);
  }
  return sum;
}

/** Where l has slope 0: the canary's events are as many as expected. */
function peakOf(rows: readonly RatioRow[], canaryBad: number): number {
  const isBefore = (logRatio: number) => {
    const r = Math.exp(logRatio);
    const expected = rows.reduce((sum, [nc, xc, nb, xb]) => sum + ((xc + xb) * r * nc) / (r * nc + nb), 0);
    return expected < canaryBad;
  };
  const isAfter = (logRatio: number) => !isBefore(logRatio);
  return bisect(isBefore, stepTo(isBefore, 0, -1), stepTo(isAfter, 0, 1));
}

/** The border of the covered region on one side of a covered point. */
function border(isCovered: (x: number) => boolean, covered: number, direction: 1 | -1): number {
  return bisect(
    isCovered,
    covered,
    stepTo((x) => !isCovered(x), covered, direction),
  );
}

/** The first point with the property at doubling steps from a start; `from` itself if it has it. */
function stepTo(holds: (x: number) => boolean, from: number, direction: 1 | -1): number {
  let x = from;
  for (let step = direction; Math.abs(x - from) < 2000 && !holds(x); step *= 2) x = from + step;
  return x;
}

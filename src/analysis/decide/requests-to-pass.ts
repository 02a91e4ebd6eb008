import { logCompare, lookCompare, startCompare } from "../../engine/sequential/compare-test.ts";
import { betterGrid } from "../../engine/sequential/grids.ts";
import { logLimit, lookLimit, startLimit } from "../../engine/sequential/limit-test.ts";
import type { Margin } from "../spec/model.ts";

/** Counts of a comparison so far. */
interface Counts {
  readonly nc: number;
  readonly xc: number;
  readonly nb: number;
  readonly xb: number;
}

/** Beyond this many times the traffic so far, "more requests" is no advice. */
const mostTimes = 1_000;

/** Evidence as the counts would bring it in one piece: no cap, no waiting for a start. */
const wholeRule = (dispersion: number) => ({ grid: betterGrid, horizon: 0, cap: 1e300, dispersion });

/**
 * How many canary requests in all it takes to pass a margin if the rates stay
 * as they are; null if they lie too near the margin, or beyond it.
 *
 * @param needs the odds to reach, 1/β.
 */
export function requestsToPassMargin(
  counts: Counts,
  margin: Margin,
  dispersion: number,
  needs: number,
): number | null {
  const { nc, xc, nb, xb } = counts;
  if (nc === 0 || nb === 0) return null;
  const rate = Math.min(0.999, Math.max(1e-9, xb / nb));
  const test = { rule: wholeRule(dispersion), ...margin, prior: { rate, requests: 1e12 } };
  return requestsToReach(nc, needs, (times) => {
    const scaled = { nc: nc * times, xc: xc * times, nb: nb * times, xb: xb * times };
    return logCompare(test, lookCompare(test, startCompare(test), [scaled]));
  });
}

/** The same for a limit. */
export function requestsToPassLimit(
  counts: { readonly total: number; readonly bad: number },
  limit: number,
  dispersion: number,
  needs: number,
): number | null {
  const { total, bad } = counts;
  if (total === 0) return null;
  const test = { rule: wholeRule(dispersion), limit };
  return requestsToReach(total, needs, (times) => {
    const scaled = { total: total * times, bad: bad * times };
    return logLimit(test, lookLimit(test, startLimit(test), [scaled]));
  });
}

/** Evidence grows with traffic once it grows at all, so doubling brackets the answer and halving finds it. */
function requestsToReach(requests: number, needs: number, logAt: (times: number) => number): number | null {
  const wanted = Math.log(needs);
  let high = 1;
  while (logAt(high) < wanted) {
    high *= 2;
    if (high > mostTimes) return null;
  }
  let low = high / 2;
  while (high - low > 0.01 * high) {
    const middle = (low + high) / 2;
    if (logAt(middle) < wanted) low = middle;
    else high = middle;
  }
  return requests * high;
}

import { wilson } from "./wilson.ts";

/** A cohort's requests. */
interface Counts {
  readonly total: number;
  readonly bad: number;
}

/**
 * The interval shown beside the difference of two rates, canary minus baseline:
 * Newcombe's method 10, from the Wilson limits (l, u) of each.
 *
 *     d − √((pc − lc)² + (ub − pb)²)   to   d + √((uc − pc)² + (pb − lb)²)
 *
 * Good at 0 events, and like Wilson's for one look at fixed counts. A cohort
 * without requests leaves the difference unknown: null in [-1, 1].
 * Newcombe, Statistics in Medicine 17 (1998) 873.
 *
 * @throws RangeError as {@link wilson}.
 */
export function newcombe(canary: Counts, baseline: Counts, confidence: number) {
  const [lc, uc] = wilson(canary.bad, canary.total, confidence);
  const [lb, ub] = wilson(baseline.bad, baseline.total, confidence);
  if (canary.total === 0 || baseline.total === 0) return { estimate: null, low: -1, high: 1 };
  const pc = canary.bad / canary.total;
  const pb = baseline.bad / baseline.total;
  const difference = pc - pb;
  return {
    estimate: difference,
    low: difference - Math.hypot(pc - lc, ub - pb),
    high: difference + Math.hypot(uc - pc, pb - lb),
  };
}

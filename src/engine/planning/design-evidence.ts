import { requireCounts, requireFraction, requirePositive } from "../counts.ts";

/**
 * What the compare test (without points) would gain from these requests if the
 * canary were `designRatio` times worse, in nats for each unit of baseline rate:
 *
 *     (r1·nc + nb) · KL(θ1 ‖ θ0)        θ = r·nc/(r·nc + nb), at r0 = ratio and r1 = designRatio
 *   = r1·nc·ln(r1/r0) − (r1·nc + nb)·ln((r1·nc + nb)/(r0·nc + nb))
 *
 * A look that found nothing was powered where the observed baseline rate times
 * the sum of these over its ticks reaches ln(1/(α·w)) + 1.5 (`passIfPowered`,
 * stats.md §5). A cohort without requests gives 0.
 *
 * @throws RangeError if a count is negative or not a number, or a ratio is not positive.
 */
export function designInformation(nc: number, nb: number, ratio: number, designRatio: number): number {
  requireCounts("canary", nc, 0);
  requireCounts("baseline", nb, 0);
  requirePositive("the ratio", ratio);
  requirePositive("the design ratio", designRatio);
  if (nc === 0 || nb === 0) return 0;
  const expected = designRatio * nc + nb;
  const information =
    designRatio * nc * Math.log(designRatio / ratio) - expected * Math.log(expected / (ratio * nc + nb));
  // A divergence is never negative; rounding may be.
  return Math.max(0, information);
}

/**
 * How many requests of one cohort the limit test needs before silence means
 * anything: at twice the limit, their median evidence reaches what a fail needs.
 *
 *     n = (logNeeded + 1.5) / (L(2 ln 2 − 1))
 *
 * stats.md §1.7b, §11.6.
 *
 * @param logNeeded ln(1/(α·w)), the evidence at which the limit fails.
 * @throws RangeError if the limit is not between 0 and 1 or logNeeded is not positive.
 */
export function limitRequestsNeeded(limit: number, logNeeded: number): number {
  requireFraction("the limit", limit);
  requirePositive("the evidence needed", logNeeded);
  return (logNeeded + medianOvershoot) / (limit * (2 * Math.log(2) - 1));
}

/** Nats beyond ln(1/α) that the grid and the last step cost in half of all runs, by simulation (stats.md §5). */
export const medianOvershoot = 1.5;

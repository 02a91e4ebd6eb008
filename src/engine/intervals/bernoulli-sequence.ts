import { requireCounts, requireFraction, requirePositive } from "../counts.ts";
import { concentrationFor, logBetaBinomial } from "./beta-binomial.ts";
import { bisect } from "./bisect.ts";

/**
 * An interval for a rate that may be looked at after every request: all p whose
 * evidence stays below 1/α,
 *
 *     {p : logBetaBinomial(x, n, p, κ) < ln(1/α)}
 *
 * It covers the running average rate at all times together with probability
 * 1 − α, and is tightest near the planned total. stats.md §1.4.
 *
 * One bad event or none gives a low end of 0: as p → 0 the evidence against p
 * tends to κ/(κ + n − 1) ≤ 1 for one event and to less for none, so no small
 * rate is excluded. Likewise one good event or none gives a high end of 1; no
 * request gives [0, 1].
 *
 * @throws RangeError if the counts are not counts, alpha is not between 0 and 1, or the plan is not positive.
 */
export function bernoulliCS(
  bad: number,
  total: number,
  alpha: number,
  plannedTotal: number,
): readonly [low: number, high: number] {
  requireCounts("cohort", total, bad);
  requireFraction("alpha", alpha);
  requirePositive("the planned total", plannedTotal);
  const concentration = concentrationFor(plannedTotal, alpha);
  const covered = (p: number) => logBetaBinomial(bad, total, p, concentration) < Math.log(1 / alpha);
  const rate = bad / total;
  return [bad <= 1 ? 0 : bisect(covered, rate, 0), total - bad <= 1 ? 1 : bisect(covered, rate, 1)];
}

import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { requireCounts, requireFraction } from "../counts.ts";

/**
 * The interval shown beside a rate: Wilson's score interval, without
 * continuity correction.
 *
 *     centre = (p̂ + z²/2n) / (1 + z²/n)
 *     half   = z/(1 + z²/n) · √(p̂(1 − p̂)/n + z²/4n²)         z = Φ⁻¹(1 − (1 − confidence)/2)
 *
 * For one look at a fixed number of requests; whoever watches it grow needs
 * the sequence of bernoulli-sequence.ts. No bad event gives a low end of exactly 0, none good a
 * high end of exactly 1, no request [0, 1]. Wilson, JASA 22 (1927) 209.
 *
 * @throws RangeError if the counts are not counts, or the confidence is not between 0 and 1.
 */
export function wilson(bad: number, total: number, confidence: number): readonly [low: number, high: number] {
  requireCounts("cohort", total, bad);
  requireFraction("the confidence", confidence);
  if (total === 0) return [0, 1];
  const z = -normalQuantile((1 - confidence) / 2, 0, 1);
  const rate = bad / total;
  const shrink = 1 + z ** 2 / total;
  const centre = (rate + z ** 2 / (2 * total)) / shrink;
  const half = (z / shrink) * Math.sqrt((rate * (1 - rate)) / total + z ** 2 / (4 * total ** 2));
  return [bad === 0 ? 0 : Math.max(0, centre - half), bad === total ? 1 : Math.min(1, centre + half)];
}

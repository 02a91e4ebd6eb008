import { requireCounts, requireFraction, requirePositive } from "../counts.ts";
import { concentrationFor, logBetaBinomial } from "./beta-binomial.ts";

/** Cumulative counts of a histogram and the quantile asked of it. */
export interface BucketQuantile {
  /** Upper bucket boundaries, rising. */
  readonly boundaries: readonly number[];
  /** For each boundary, how many of the `total` lie at or below it. */
  readonly cumulative: readonly number[];
  readonly total: number;
  /** Between 0 and 1: 0.99 for the p99. */
  readonly q: number;
  readonly alpha: number;
  /** Observations after which the interval is to be tightest. */
  readonly plannedTotal: number;
}

/**
 * Between which bucket boundaries a quantile lies, looked at after every
 * request: each boundary b tests F(b) = q by the beta-binomial mixture.
 *
 *     low  = largest b with F̂(b) < q rejected, 0 if none
 *     high = smallest b with F̂(b) > q rejected, null (no bound) if none
 *
 * The boundaries need no correction for being many: a wrong exclusion of one
 * quantile implies a rejection at the true one. Nothing is interpolated.
 * Howard and Ramdas, Bernoulli 28 (2022) 1704; stats.md §2.3.
 *
 * @throws RangeError if the counts fall, exceed the total or miss a boundary, or a level is out of range.
 */
export function bucketQuantileCS(histogram: BucketQuantile): {
  readonly low: number;
  readonly high: number | null;
} {
  const { boundaries, total, q, alpha } = histogram;
  requireHistogram(histogram);
  const concentration = concentrationFor(histogram.plannedTotal, alpha);
  let low = 0;
  let high: number | null = null;
  for (const [i, boundary] of boundaries.entries()) {
    const below = histogram.cumulative[i] ?? 0;
    if (logBetaBinomial(below, total, q, concentration) < Math.log(1 / alpha)) continue;
    if (below < q * total) low = boundary;
    else high ??= boundary;
  }
  return { low, high };
}

function requireHistogram({ boundaries, cumulative, total, q, alpha, plannedTotal }: BucketQuantile): void {
  requireFraction("the quantile", q);
  requireFraction("alpha", alpha);
  requirePositive("the planned total", plannedTotal);
  if (cumulative.length !== boundaries.length) {
    throw new RangeError(`${boundaries.length} boundaries need as many counts, got ${cumulative.length}`);
  }
  let last = 0;
  for (const below of cumulative) {
    requireCounts("bucket", total, below);
    if (below < last) throw new RangeError(`cumulative counts must not fall, got ${below} after ${last}`);
    last = below;
  }
}

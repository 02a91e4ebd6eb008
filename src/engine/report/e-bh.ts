import { requireFraction } from "../counts.ts";

/**
 * Which of several metrics to report as regressed, with the expected share of
 * false ones at most α however they depend on each other: the e-BH procedure.
 *
 *     k* = max {k : k · e_(k) ≥ K/α},   e_(k) the k-th largest of K;   report the k* largest
 *
 * For the report after the decision, with the e-values as they stand then, not
 * their running maxima. Wang and Ramdas, JRSS B 84 (2022) 822; stats.md §4.
 *
 * @returns positions in `eValues`, rising.
 * @throws RangeError if an e-value is negative or NaN, or alpha is not between 0 and 1.
 */
export function eBH(eValues: readonly number[], alpha: number): readonly number[] {
  requireFraction("alpha", alpha);
  for (const e of eValues) if (!(e >= 0)) throw new RangeError(`an e-value must be 0 or more, got ${e}`);
  const needed = eValues.length / alpha;
  const ranked = eValues.map((e, index) => ({ e, index })).sort((a, b) => b.e - a.e);
  const count = ranked.findLastIndex(({ e }, i) => (i + 1) * e >= needed) + 1;
  return ranked
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

// The boundaries that every pod's histogram can be counted at.
import type { SourceAnswer } from "../ports.ts";
import { classicHistograms, nativeHistograms } from "./histogram-now.ts";
import { nativeBounds } from "./native-grid.ts";

/**
 * Every finite boundary that all pods' histograms have, in rising order and in
 * the histogram's own unit; empty without series.
 *
 * Classic: the `le` values common to all label sets. Native: see
 * {@link nativeBounds}. Where some pods expose the one and some the other, the
 * values that both have.
 */
export function histogramBounds(answers: readonly SourceAnswer[]): readonly number[] {
  const classic = answers.flatMap((answer) => [...classicHistograms(answer).values()]);
  const native = answers.flatMap((answer) => [...nativeHistograms(answer).values()]);
  if (native.length === 0) return commonLe(classic);
  const grid = nativeBounds(native);
  if (classic.length === 0) return grid;
  return commonLe(classic).filter((le) => grid.some((bound) => Math.abs(bound - le) <= 1e-9 * Math.abs(le)));
}

function commonLe(histograms: readonly ReadonlyMap<number, number>[]): readonly number[] {
  const [first, ...others] = histograms;
  if (first === undefined) return [];
  return [...first.keys()]
    .filter((le) => Number.isFinite(le) && others.every((other) => other.has(le)))
    .sort((a, b) => a - b);
}

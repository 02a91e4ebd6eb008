// The baseline's latencies before the rollout, from which boundaries are chosen.
import type { Distribution } from "../observation.ts";
import type { SourceAnswer } from "../ports.ts";
import { isCount } from "./counter.ts";
import { histogramBounds } from "./histogram-bounds.ts";
import { classicHistograms, nativeHistograms } from "./histogram-now.ts";
import { countAbove } from "./native-histogram.ts";

/** Events of one histogram: the total, then how many lay above each bound. */
type Vector = readonly number[];

/**
 * How the baseline's events lay between two times: for each histogram its newest
 * values in `now` less those in `before` where it was there and has not
 * restarted since (none of its values is larger), else all it has counted.
 * Good for choosing boundaries, not for evidence.
 *
 * A histogram whose values cannot be counts is left out. Null when none is left.
 */
export function baselineHistory(now: SourceAnswer, before: SourceAnswer): Distribution | null {
  const bounds = histogramBounds([now]);
  const earlier = vectorsOf(before, bounds);
  let sum: Vector | null = null;
  for (const [key, vector] of vectorsOf(now, bounds)) {
    const grown = growth(vector, earlier.get(key));
    if (isPossible(grown)) sum = sum === null ? grown : add(sum, grown);
  }
  if (sum === null) return null;
  const [total = 0, ...bad] = sum;
  const form = classicHistograms(now).size > 0 ? "classic" : "native";
  return { form, bounds, baseline: { total, bad } };
}

function vectorsOf(answer: SourceAnswer, bounds: readonly number[]): ReadonlyMap<string, Vector> {
  const vectors = new Map<string, Vector>();
  for (const [key, histogram] of classicHistograms(answer)) {
    const total = histogram.get(Number.POSITIVE_INFINITY) ?? Number.NaN;
    vectors.set(key, [total, ...bounds.map((bound) => total - (histogram.get(bound) ?? Number.NaN))]);
  }
  for (const [key, histogram] of nativeHistograms(answer)) {
    vectors.set(key, [histogram.count, ...countAbove(histogram, bounds)]);
  }
  return vectors;
}

function growth(now: Vector, before: Vector | undefined): Vector {
  if (before === undefined || !before.every((value, i) => value <= (now[i] ?? 0))) return now;
  return now.map((value, i) => value - (before[i] ?? 0));
}

/** Each a count, none above the total, fewer above each higher bound. */
function isPossible(vector: Vector): boolean {
  return vector.every((value, i) => isCount(value) && value <= (vector[Math.max(0, i - 1)] ?? 0));
}

function add(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value + (b[i] ?? 0));
}

// Native histograms as counters: how many events in all, and how many above each boundary.
import type { NativeHistogram, Series, TimeWindow } from "../ports.ts";
import { type Counter, type CounterSamples, createCounter } from "./counter.ts";
import { addTally, emptyTally, type PodTally } from "./pod-tally.ts";

type Sample = NonNullable<Series["histograms"]>[number];

/**
 * A native histogram series as counters: its count, then one a boundary (in
 * rising order). A sample with events in a bucket that spans a boundary has no
 * such count: NaN.
 *
 * Comparing at the boundaries alone makes samples of different resolution
 * (buckets merged when a histogram grows too wide) comparable as they are.
 * Any drop is a restart, as Prometheus has it (FloatHistogram.DetectReset).
 */
export function nativeCounters(
  source: Pick<CounterSamples, "series" | "cohort" | "read">,
  samples: readonly Sample[],
  boundaries: readonly number[],
  window: TimeWindow,
): readonly Counter[] {
  const times = samples.map((sample) => sample.time);
  const counts = samples.map((sample) => sample.histogram.count);
  const above = boundaries.map(() => new Array<number>(samples.length).fill(0));
  for (const [i, { histogram }] of samples.entries()) {
    for (const [b, count] of countAbove(histogram, boundaries).entries()) {
      const values = above[b];
      if (values !== undefined) values[i] = count;
    }
  }
  return [counts, ...above].map((values) =>
    createCounter({ ...source, times, values, anyDropIsRestart: true }, window),
  );
}

/**
 * Events above each boundary (in rising order): those of buckets that begin at
 * it or later, edges being equal within one part in 10⁹ (they are powers of two
 * printed as decimals). NaN if a bucket that holds events spans it.
 */
export function countAbove(histogram: NativeHistogram, boundaries: readonly number[]): readonly number[] {
  const counts = new Array<number>(boundaries.length).fill(0);
  let next = histogram.buckets.length - 1;
  let above = 0;
  for (let b = boundaries.length - 1; b >= 0; b--) {
    const boundary = boundaries[b] ?? 0;
    const slack = Math.abs(boundary) * 1e-9;
    let bucket = histogram.buckets[next];
    while (bucket !== undefined && bucket.lower >= boundary - slack) {
      above += bucket.count;
      bucket = histogram.buckets[--next];
    }
    const isCut = bucket !== undefined && bucket.count > 0 && bucket.upper > boundary + slack;
    counts[b] = isCut ? Number.NaN : above;
  }
  return counts;
}

/** What one pod's native histogram series come to; text says what cannot be true or counted. */
export function tallyNative(
  histograms: readonly (readonly Counter[])[],
  boundaries: readonly number[],
  pod: string,
): PodTally | string {
  const tally = emptyTally(boundaries.length);
  for (const [count, ...above] of histograms) {
    if (count === undefined || count.fresh === 0) continue;
    const fault = faultOf(count, above, boundaries);
    if (fault !== null) return `pod ${pod}: ${fault}`;
    const bad = (kind: "settled" | "warming") => above.map((counter) => counter[kind]);
    addTally(tally, {
      settled: { total: count.settled, bad: bad("settled") },
      warming: { total: count.warming, bad: bad("warming") },
    });
  }
  return tally;
}

function faultOf(count: Counter, above: readonly Counter[], boundaries: readonly number[]): string | null {
  if (count.broken) return "a histogram's count is not a number";
  for (const [b, counter] of above.entries()) {
    if (counter.broken) return `boundary ${boundaries[b]} lies inside a bucket that holds events`;
    if (counter.settled > count.settled || counter.warming > count.warming) {
      return `a histogram counts more events above ${boundaries[b]} than in all`;
    }
  }
  return null;
}

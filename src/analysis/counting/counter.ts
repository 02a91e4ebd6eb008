// One counter of a scraped process during one look: its samples, and what they come to.
import type { Cohort } from "../observation.ts";
import type { Series, TimeWindow } from "../ports.ts";

/**
 * A series of floats, or one number of a native histogram series, on its way to
 * being counted. The fields after `length` are filled in by `countIncrements`.
 */
export interface Counter {
  readonly series: Series;
  readonly cohort: Cohort;
  /** Which of the look's reads it is from. */
  readonly read: number;
  /** Milliseconds since the epoch, rising. */
  readonly times: readonly number[];
  /** What the counter showed at each time; NaN, negative or infinite is broken. */
  readonly values: readonly number[];
  /** Whether any drop is a restart; otherwise only a drop to half or less is. */
  readonly anyDropIsRestart: boolean;
  /** How many of the samples are for this look; none past its end is. */
  length: number;
  /** Increments from here on are settled, before it warming; milliseconds since the epoch. */
  settledFrom: number;
  settled: number;
  warming: number;
  /** Samples that this look consumes. */
  fresh: number;
  /** Whether a sample before the fresh ones was there to count from. */
  referenced: boolean;
  /** A fresh sample is not a count. */
  broken: boolean;
  /** A fresh sample lies below an earlier one though the process did not restart. */
  dipped: boolean;
}

/** Where a counter comes from and what it showed. */
export type CounterSamples = Pick<
  Counter,
  "series" | "cohort" | "read" | "times" | "values" | "anyDropIsRestart"
>;

/** A counter that nothing has been counted of; its samples are not copied. */
export function createCounter(samples: CounterSamples, window: TimeWindow): Counter {
  const { series, cohort, read, times, values, anyDropIsRestart } = samples;
  return {
    series,
    cohort,
    read,
    times,
    values,
    length: countUntil(times, times.length, window.to),
    anyDropIsRestart,
    settledFrom: 0,
    settled: 0,
    warming: 0,
    fresh: 0,
    referenced: false,
    broken: false,
    dipped: false,
  };
}

/** How many of the first `length` times are at or before `limit`; searched from the end, where looks are. */
export function countUntil(times: readonly number[], length: number, limit: number): number {
  let count = length;
  while (count > 0 && (times[count - 1] ?? 0) > limit) count--;
  return count;
}

/** Whether a sample's value can be a count. */
export function isCount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

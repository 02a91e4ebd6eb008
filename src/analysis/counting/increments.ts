// How much the counters of one process grew in a look.
import { type Counter, countUntil } from "./counter.ts";
import { countWithRestarts } from "./restarts.ts";

/**
 * Counts every counter of a process over its samples after `after`; fills in
 * the counters' result fields.
 *
 * A counter's reference is its last sample at or before `after`; one that has
 * none was born since, at 0. `after` may be minus infinity: then everything
 * was born.
 *
 * An increment between two samples is settled when the earlier one is at or
 * after the counter's `settledFrom`, else warming; a birth goes by its own
 * sample. All samples in reach are looked at, not the fresh ones alone: a
 * restart that was seen before may still be to come for a counter that was
 * missing then.
 */
export function countIncrements(counters: readonly Counter[], after: number): void {
  if (counters.every(onlyClimbs)) {
    for (const counter of counters) countClimb(counter, after);
  } else {
    countWithRestarts(counters, after);
  }
}

/** Whether every value is a count and none is below the one before: nearly always so, and then two values tell all. */
function onlyClimbs({ values, length }: Counter): boolean {
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!(value >= previous)) return false;
    previous = value;
  }
  return previous < Number.POSITIVE_INFINITY;
}

function countClimb(counter: Counter, after: number): void {
  const { times, values, length, settledFrom } = counter;
  const known = countUntil(times, length, after);
  counter.fresh = length - known;
  counter.referenced = known > 0;
  if (counter.fresh === 0) return;

  const newest = values[length - 1] ?? 0;
  const reference = known > 0 ? (values[known - 1] ?? 0) : 0;
  let settledBase = reference;
  if (known > 0 || (times[0] ?? 0) < settledFrom) {
    let i = Math.max(0, known - 1);
    while (i < length - 1 && (times[i] ?? 0) < settledFrom) i++;
    settledBase = values[i] ?? 0;
  }
  counter.settled = newest - settledBase;
  counter.warming = settledBase - reference;
}

// Where counting starts for a process: neither twice, nor not at all, nor its whole past.
import { leastSilenceMs } from "../least-silence.ts";
import type { PodTimes } from "../observation.ts";
import type { TimeWindow } from "../ports.ts";
import { countUntil } from "./counter.ts";
import type { ProcessSpan } from "./process-span.ts";
import type { WarningLog } from "./warning-log.ts";

/**
 * A process not seen before whose oldest sample is older than this, relative to
 * the look's start, lived before it was first read: reads reach back 5 min, and
 * the rest allows for one scrape a minute. A younger one was born since (its
 * first samples may have arrived late).
 */
const newbornWithinMs = 240_000;

/**
 * The time up to which a process' samples are only a reference, in milliseconds
 * since the epoch; minus infinity if all of them count, from 0 on.
 *
 * - Known: its last consumed sample, whenever the look begins, so that late
 *   samples are not lost. If none that old is in reach, what it did in the gap
 *   is not known: its first sample is a snapshot.
 * - Not known: born at 0; unless it is too old for that (then counting starts
 *   with the look), or the memory is full, so that it may be an old one that is
 *   not remembered (then its first sample is a snapshot).
 */
export function countingStart(
  span: ProcessSpan,
  known: PodTimes | undefined,
  window: TimeWindow,
  memoryIsFull: boolean,
  log: WarningLog,
): number {
  const { process, oldest, newest } = span;
  if (known !== undefined) {
    if (oldest <= known.last) return known.last;
    log.add("gap", `pod ${process.name} was not scraped for minutes: what it did in between is not counted`);
    return oldest;
  }
  if (memoryIsFull) {
    if (newest > window.from) {
      log.add(
        "many-pods",
        `more pods than are remembered: what pod ${process.name} did before its first sample is not counted`,
      );
    }
    return Math.max(oldest, window.from);
  }
  if (oldest > window.from - newbornWithinMs) return Number.NEGATIVE_INFINITY;
  log.add(
    "joined-mid-life",
    `pod ${process.name} was running before it was first read: counted from this look on`,
  );
  return window.from;
}

/**
 * Whether a counter has a sample in the look, or a late one that no earlier look
 * consumed. One that is old at the look's end is none: a look that stands for
 * minutes, after the source was away, must not pass for news by what came first.
 */
export function hasNewSample(
  times: readonly number[],
  known: PodTimes | undefined,
  window: TimeWindow,
): boolean {
  const inLook = countUntil(times, times.length, window.to);
  const consumed = Math.min(known?.last ?? window.from, window.from);
  return countUntil(times, inLook, Math.max(consumed, window.to - leastSilenceMs)) < inLook;
}

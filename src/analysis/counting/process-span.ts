// When a process was seen, over all of its counters.
import type { ScrapedProcess } from "./scraped-process.ts";

/** Milliseconds since the epoch, of samples in reach and not past the look's end. */
export interface ProcessSpan {
  readonly process: ScrapedProcess;
  readonly oldest: number;
  readonly newest: number;
}

/** Processes with at least one sample, oldest first, so that what depends on order does not depend on the source's. */
export function spansOf(processes: readonly ScrapedProcess[]): readonly ProcessSpan[] {
  return processes
    .filter((process) => process.counters.length > 0)
    .map(spanOf)
    .sort((a, b) => a.oldest - b.oldest || (a.process.key < b.process.key ? -1 : 1));
}

function spanOf(process: ScrapedProcess): ProcessSpan {
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { times, length } of process.counters) {
    if (length === 0) continue;
    oldest = Math.min(oldest, times[0] ?? oldest);
    newest = Math.max(newest, times[length - 1] ?? newest);
  }
  return { process, oldest, newest };
}

// Reads of one look are made one after another; a scrape may arrive in between.
import type { TimeWindow } from "../ports.ts";
import { countUntil } from "./counter.ts";
import type { ScrapedProcess } from "./scraped-process.ts";

/** An older scrape has arrived whole, or some of its series have ended. */
const youngMs = 30_000;

/**
 * Leaves a process' newest scrape to the next look if some read shows the
 * scrape before it but not this one: had it been consumed, what that read
 * missed would never be counted. Where series have ended instead, this costs a
 * delay of half a minute at most.
 */
export function holdBackTornScrape({ counters }: ScrapedProcess, window: TimeWindow): void {
  const newestByRead = new Map<number, number>();
  for (const { read, times, length } of counters) {
    const time = times[length - 1] ?? Number.NEGATIVE_INFINITY;
    if (time > (newestByRead.get(read) ?? Number.NEGATIVE_INFINITY)) newestByRead.set(read, time);
  }
  const newest = Math.max(...newestByRead.values());
  if (newest <= window.to - youngMs || [...newestByRead.values()].every((time) => time === newest)) return;

  let before = Number.NEGATIVE_INFINITY;
  for (const { times, length } of counters) {
    before = Math.max(before, times[countUntil(times, length, newest - 1) - 1] ?? before);
  }
  if (![...newestByRead.values()].includes(before)) return;
  for (const counter of counters) counter.length = countUntil(counter.times, counter.length, before);
}

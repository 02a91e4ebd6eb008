/** When a target is scraped. */
import type { Clock } from "../../base/clock.ts";

/**
 * Scrapes at once, then at every whole interval after the start plus the offset,
 * until the signal aborts. A scrape that outlasts its interval costs those it
 * missed: they never overlap and never catch up.
 *
 * @param scrape Must not throw; is given the time it is started at.
 */
export async function scrapeRepeatedly(
  scrape: (time: number) => Promise<void>,
  options: {
    readonly clock: Clock;
    readonly intervalMs: number;
    /** From 0 up to the interval. */
    readonly offsetMs: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { clock, intervalMs, offsetMs, signal } = options;
  const origin = clock.now() + offsetMs;
  while (!signal.aborted) {
    const time = clock.now();
    await scrape(time);
    const interval = Math.floor((Math.max(clock.now(), time) - origin) / intervalMs) + 1;
    await clock.until(origin + interval * intervalMs, signal).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown;
    });
  }
}

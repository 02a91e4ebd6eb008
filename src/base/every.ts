import type { Clock } from "./clock.ts";

/** Does the work again and again, each time after a pause in milliseconds, until the signal aborts. The work must not reject. */
export async function every(
  clock: Clock,
  pauseMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await clock.until(clock.now() + pauseMs, signal).catch(() => undefined);
    if (!signal.aborted) await work();
  }
}

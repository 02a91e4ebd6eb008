import type { Clock } from "./clock.ts";

/** Waits for the work to end, well or badly, so long at most: whether it has ended. The work itself goes on. */
export async function within(clock: Clock, atMostMs: number, work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const time = clock.until(clock.now() + atMostMs, waiting.signal).then(
    () => false,
    () => false,
  );
  const hasEnded = await Promise.race([ended, time]);
  waiting.abort();
  return hasEnded;
}

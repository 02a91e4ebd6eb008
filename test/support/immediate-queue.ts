/** A queue that calls for a look as soon as it hears of it: in tests with scripted runs, which wait for the test. */
import type { LookQueue, TakeLook } from "../../src/analysis/live/look-queue.ts";
import type { Clock } from "../../src/base/clock.ts";

/** A look that cannot be kept is called for again a second later, by the clock. */
export function immediateQueue(clock: Clock): LookQueue {
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Never two of one analysis at once. */
  const underWay = new Map<string, Promise<void>>();
  const opened = Promise.withResolvers<TakeLook>();
  let look: TakeLook | null = null;

  async function call(id: string): Promise<void> {
    const take = look ?? (await opened.promise);
    for (let isRetry = false; !signal.aborted; isRetry = true) {
      try {
        return await take(id, isRetry, signal);
      } catch {
        await clock.until(clock.now() + 1_000, signal).catch(() => undefined);
      }
    }
  }

  return {
    async open(take) {
      look = take;
      opened.resolve(take);
    },
    expect({ id }) {
      const before = underWay.get(id);
      const called: Promise<void> = (before ?? Promise.resolve())
        .then(() => call(id))
        .finally(() => {
          if (underWay.get(id) === called) underWay.delete(id);
        });
      underWay.set(id, called);
    },
    depth: async () => ({ underWay: underWay.size, waiting: 0 }),
    async close() {
      stopping.abort(new Error("the queue is closed"));
      await Promise.allSettled(underWay.values());
    },
  };
}

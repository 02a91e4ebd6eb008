/** A clock that a test moves. */
import type { Clock } from "../../../src/base/clock.ts";

export interface ManualClock extends Clock {
  /** Moves to `time` and wakes whoever waited for it. */
  moveTo(time: number): void;
}

export function createManualClock(start: number): ManualClock {
  let now = start;
  let waiting: { readonly time: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    until(time, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal.aborted) reject(signal.reason);
      else if (now >= time) resolve();
      else {
        waiting.push({ time, wake: resolve });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }
      return promise;
    },
    moveTo(time) {
      now = time;
      const due = waiting.filter((waiter) => waiter.time <= now);
      waiting = waiting.filter((waiter) => waiter.time > now);
      for (const { wake } of due) wake();
    },
  };
}

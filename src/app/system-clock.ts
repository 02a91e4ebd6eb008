import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../base/clock.ts";

/** The longest wait one timer can do: setTimeout takes a delay over 2³¹ − 1 ms for 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's clock. A wait keeps the process alive until it is over or
 * aborted, for a command line has nothing else that would.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  async until(time, signal) {
    signal.throwIfAborted();
    // A timer may fire a millisecond early, and the clock may be set back while it runs.
    for (let left = time - Date.now(); left > 0; left = time - Date.now()) {
      try {
        await sleep(Math.min(Math.ceil(left), longestTimerMs), undefined, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    }
  },
};

import type { Clock } from "../../src/base/clock.ts";

/** A clock that is wherever it was last waited for; `onTick` sees every wait. */
export function fakeClock(start: number, onTick: (now: number) => void = () => {}): Clock {
  let now = start;
  return {
    now: () => now,
    async until(time, signal) {
      signal.throwIfAborted();
      now = Math.max(now, time);
      onTick(now);
      signal.throwIfAborted();
    },
  };
}

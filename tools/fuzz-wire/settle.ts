import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { ExpireClock } from "./expire-clock.ts";

/** Turns of the event loop in which whatever needs no clock has long ended. */
const turns = 100;

/**
 * Waits until it settles; where it waits for a time to pass, the time passes.
 *
 * @throws what it rejects with; Error if it settles by no means.
 */
export async function settle(settled: Promise<unknown>, clock: ExpireClock): Promise<void> {
  const watched = { isOver: false };
  const over = () => {
    watched.isOver = true;
  };
  settled.then(over, over);
  for (const ms of [0, 2_000, 5_000, 60_000, 600_000]) {
    clock.advance(ms);
    for (let turn = 0; turn < turns && !watched.isOver; turn++) await turnOfEventLoop();
    if (watched.isOver) {
      await settled;
      return;
    }
  }
  throw new Error(`it did not settle in ${5 * turns} turns of the event loop and 11 min of its clock`);
}

import type { Clock } from "../../../src/base/clock.ts";

interface Wait {
  readonly time: number;
  readonly resolve: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #waits = new Set<Wait>();
  readonly #watchers = new Map<number, () => void>();

  now(): number {
    return this.#now;
  }

  until(time: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal.aborted) reject(signal.reason);
    else if (time <= this.#now) resolve();
    const wait = { time, resolve };
    this.#waits.add(wait);
    signal.addEventListener("abort", () => {
      this.#waits.delete(wait);
      reject(signal.reason);
    });
    this.#watchers.get(time)?.();
    return promise;
  }

  /** Goes to that time, and ends the waits that are over by then. */
  set(time: number): void {
    this.#now = time;
    for (const wait of [...this.#waits].filter((wait) => wait.time <= time)) {
      this.#waits.delete(wait);
      wait.resolve();
    }
  }

  /** Goes to that time once someone waits for it. */
  async reach(time: number): Promise<void> {
    if (![...this.#waits].some((wait) => wait.time === time)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.set(time, resolve);
      await promise;
    }
    this.set(time);
  }
}

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

  /** Resolves when someone waits for that time. */
  async whenAwaited(time: number): Promise<void> {
    if ([...this.#waits].some((wait) => wait.time === time)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watchers.set(time, resolve);
    await promise;
  }

  /** Goes to that time once someone waits for it. */
  async goTo(time: number): Promise<void> {
    await this.whenAwaited(time);
    this.#now = time;
    for (const wait of [...this.#waits].filter((wait) => wait.time <= time)) {
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}

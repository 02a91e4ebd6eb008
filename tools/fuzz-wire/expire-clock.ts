import type { Clock } from "../../src/base/clock.ts";

/** A clock that stands still until it is told to go on: whoever waits then waits no longer. */
export class ExpireClock implements Clock {
  #now = 0;
  #waiting: { readonly time: number; readonly resolve: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  until(time: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (time <= this.#now) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ time, resolve });
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  /** Goes on by so many milliseconds. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#waiting.filter(({ time }) => time <= this.#now);
    this.#waiting = this.#waiting.filter(({ time }) => time > this.#now);
    for (const { resolve } of due) resolve();
  }
}

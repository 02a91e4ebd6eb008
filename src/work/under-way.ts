import type { Clock } from "../base/clock.ts";
import { within } from "../base/within.ts";

/** The looks that this process is at, by namespace, and their common end. */
export class UnderWay {
  readonly #held = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  /** How many slots each namespace holds; those that hold none are left out. */
  get held(): ReadonlyMap<string, number> {
    return this.#held;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Does the work and counts it until it has ended. */
  async begin(namespace: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#held.set(namespace, (this.#held.get(namespace) ?? 0) + 1);
    const running = work(this.#abort.signal).finally(() => {
      const left = (this.#held.get(namespace) ?? 0) - 1;
      if (left > 0) this.#held.set(namespace, left);
      else this.#held.delete(namespace);
      this.#running.delete(running);
    });
    this.#running.add(running);
    await running;
  }

  /**
   * Waits until none is under way, `graceMs` at most; then aborts those left and
   * waits for them, `afterAbortMs` at most. Begin none after it.
   */
  async end(clock: Clock, graceMs: number, afterAbortMs: number): Promise<void> {
    await this.#wait(clock, graceMs);
    this.#abort.abort(new Error("the process is shutting down"));
    await this.#wait(clock, afterAbortMs);
  }

  async #wait(clock: Clock, atMostMs: number): Promise<void> {
    if (this.#running.size > 0) await within(clock, atMostMs, Promise.allSettled(this.#running));
  }
}

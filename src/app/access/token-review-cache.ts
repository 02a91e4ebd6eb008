/** What is remembered for a while, and no more than so much of it. */
import type { Clock } from "../../base/clock.ts";

interface Entry<T> {
  readonly value: T;
  readonly from: number;
  readonly until: number;
}

/** Holds the values that were put last; each until its time. */
export class ExpiringCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #mostEntries: number;

  constructor(clock: Clock, mostEntries: number) {
    this.#clock = clock;
    this.#mostEntries = mostEntries;
  }

  /** Undefined if it holds none that is still good. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.#clock.now();
    // Before it was put means the clock was set back: how old it is cannot be told.
    if (now >= entry.from && now < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** @param until in milliseconds since the epoch. */
  put(key: string, value: T, until: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, from: this.#clock.now(), until });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#mostEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** The latest samples of one series. */

/**
 * Holds up to `capacity` samples and forgets the oldest first. It starts small
 * and grows: most series of a pod that was just replaced never fill theirs.
 */
export class SampleRing {
  readonly #capacity: number;
  #times: Float64Array;
  #values: Float64Array;
  #start = 0;
  #length = 0;

  /** @throws RangeError if `capacity` is below 1. */
  constructor(capacity: number) {
    if (capacity < 1) throw new RangeError(`a ring of ${capacity} samples`);
    this.#capacity = capacity;
    this.#times = new Float64Array(Math.min(8, capacity));
    this.#values = new Float64Array(Math.min(8, capacity));
  }

  /** When the newest sample was taken; null while there is none. */
  get lastTime(): number | null {
    return this.#length === 0 ? null : this.#timeAt(this.#length - 1);
  }

  /** Adds the newest sample. @throws RangeError if it is not later than the one before. */
  push(time: number, value: number): void {
    const last = this.lastTime;
    if (last !== null && time <= last) throw new RangeError(`a sample at ${time} after one at ${last}`);
    if (this.#length === this.#times.length) this.#makeRoom();
    const index = (this.#start + this.#length) % this.#times.length;
    this.#times[index] = time;
    this.#values[index] = value;
    this.#length += 1;
  }

  /** The samples after `from` up to and including `to`, oldest first. */
  between(from: number, to: number): { readonly times: number[]; readonly values: number[] } {
    const times: number[] = [];
    const values: number[] = [];
    for (let index = 0; index < this.#length; index += 1) {
      const time = this.#timeAt(index);
      if (time <= from || time > to) continue;
      times.push(time);
      values.push(this.#values[(this.#start + index) % this.#values.length] ?? Number.NaN);
    }
    return { times, values };
  }

  #timeAt(index: number): number {
    return this.#times[(this.#start + index) % this.#times.length] ?? Number.NaN;
  }

  /** Doubles the arrays, or forgets the oldest sample where they may not grow. */
  #makeRoom(): void {
    const size = Math.min(this.#capacity, this.#times.length * 2);
    if (size === this.#times.length) {
      this.#start = (this.#start + 1) % size;
      this.#length -= 1;
      return;
    }
    const { times, values } = this.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    this.#times = new Float64Array(size);
    this.#values = new Float64Array(size);
    this.#times.set(times);
    this.#values.set(values);
    this.#start = 0;
  }
}

/**
 * One value that changes, and those who watch it. A watcher that is slower than
 * the changes sees the latest and misses those between: nothing is queued, so a
 * watcher costs the same however slow it is.
 */
export class LatestValue<T> {
  #value: T;
  #version = 0;
  #ended = false;
  #waiting = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version += 1;
    this.#wake();
  }

  /** No change comes after this; watchers see the last value and end. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The value at once, then every change the caller is there for; ends with `end()` or when the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<T, void> {
    let seen = -1;
    while (!signal.aborted) {
      if (seen !== this.#version) {
        seen = this.#version;
        yield this.#value;
      } else if (this.#ended) {
        return;
      } else {
        await this.#change(signal);
      }
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

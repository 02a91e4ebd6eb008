/**
 * What has arrived and waits for someone to take it, or someone who waits for
 * it to arrive; each is taken once, in order.
 */
export class AcceptQueue<T> {
  readonly #capacity: number;
  readonly #arrived: T[] = [];
  readonly #takers: PromiseWithResolvers<T | null>[] = [];
  #end: { readonly error: Error | null } | null = null;

  /** @param capacity The most that may wait, 0 or more. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.#takers.length > 0 || this.#arrived.length < this.#capacity;
  }

  put(item: T): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#arrived.push(item);
    else taker.resolve(item);
  }

  /**
   * The next one, when it comes; null if none will.
   *
   * @throws the error the queue ended with.
   */
  async take(): Promise<T | null> {
    if (this.#end?.error) throw this.#end.error;
    if (this.#end !== null) return null;
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return arrived;
    const taker = Promise.withResolvers<T | null>();
    this.#takers.push(taker);
    return taker.promise;
  }

  /** Forgets what waits and tells those who wait, now and later; null is an end without a fault. */
  end(error: Error | null): void {
    this.#end = { error };
    this.#arrived.length = 0;
    for (const taker of this.#takers.splice(0)) {
      if (error === null) taker.resolve(null);
      else taker.reject(error);
    }
  }
}

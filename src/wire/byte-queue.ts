const leastCapacity = 4_096;

/** A queue that was larger gives its memory back once it is empty. */
const keptCapacity = 65_536;

/**
 * Bytes in the order they came, given back in other pieces. It copies in and
 * out, so that bytes which arrive one by one cost what they weigh and nobody
 * shares memory with a socket's buffer. Its memory is at most twice of the most
 * it has held since it was empty, or 64 KiB.
 */
export class ByteQueue {
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.byteLength > this.#bytes.byteLength) this.#makeRoom(chunk.byteLength);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.byteLength;
  }

  /**
   * Removes and returns the first `count` bytes.
   *
   * @throws RangeError if fewer are held.
   */
  take(count: number): Uint8Array {
    if (count > this.length) throw new RangeError(`${count} bytes wanted, ${this.length} held`);
    const taken = this.#bytes.slice(this.#start, this.#start + count);
    this.#start += count;
    if (this.length === 0) this.clear();
    return taken;
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
    if (this.#bytes.byteLength > keptCapacity) this.#bytes = new Uint8Array(0);
  }

  #makeRoom(count: number): void {
    const needed = this.length + count;
    // Moving within half of the room pays for itself: as much again must come before the next move.
    const isRoomy = needed <= this.#bytes.byteLength / 2;
    const roomier = isRoomy ? this.#bytes : new Uint8Array(Math.max(2 * needed, leastCapacity));
    roomier.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end = this.length;
    this.#start = 0;
    this.#bytes = roomier;
  }
}

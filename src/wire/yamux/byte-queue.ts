/** Chunks of at least this size are kept as they are; smaller ones are copied together, for an object a byte would cost a hundredfold. */
const worthKeepingBytes = 4_096;
const blockBytes = 16_384;

/**
 * Bytes in the order they came, given back in other pieces. What is given may
 * share memory with what was appended: a chunk is not to be changed afterwards.
 */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #first = 0;
  #length = 0;
  /** Where the last chunk ends in its block, if it is one of ours with room behind it. */
  #block: Uint8Array | null = null;
  #blockUsed = 0;

  /** Bytes held. */
  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#length += chunk.byteLength;
    if (chunk.byteLength >= worthKeepingBytes) {
      this.#block = null;
      this.#chunks.push(chunk);
    } else {
      this.#appendCopy(chunk);
    }
  }

  /**
   * Removes the first `count` bytes.
   *
   * @throws RangeError if fewer are held.
   */
  take(count: number): Uint8Array {
    if (count > this.#length) throw new RangeError(`${count} bytes wanted, ${this.#length} held`);
    const head = this.#chunks[this.#first];
    if (head !== undefined && head.byteLength >= count) return this.#takeFromHead(head, count);
    const taken = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const chunk = this.#chunks[this.#first] ?? taken.subarray(0, 0);
      const piece = this.#takeFromHead(chunk, Math.min(chunk.byteLength, count - filled));
      taken.set(piece, filled);
      filled += piece.byteLength;
    }
    return taken;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#length = 0;
    this.#block = null;
  }
}

/** What a plugin prints, kept until its host reads it. */

export type OutputChannel = "stdout" | "stderr";

/** Some bytes of what was printed, cut anywhere. */
export interface PrintedChunk {
  readonly channel: OutputChannel;
  readonly bytes: Uint8Array;
}

/** Of one chunk: far below the 4 MiB that most clients take for a message. */
const maxChunkBytes = 32 * 1024;

/** Of all that waits for a reader. */
export const maxHeldBytes = 1024 * 1024;

/** Chunks in the order they were printed, each for one reader; when too much waits, the oldest are lost. */
export class PrintedOutput {
  #held: PrintedChunk[] = [];
  #heldBytes = 0;
  #lostBytes = 0;
  #readers = 0;
  #hasEnded = false;
  #news = Promise.withResolvers<void>();

  /** @param bytes may be changed afterwards. */
  print(channel: OutputChannel, bytes: Uint8Array): void {
    if (this.#hasEnded) return;
    for (let start = 0; start < bytes.length; start += maxChunkBytes) {
      const chunk = new Uint8Array(bytes.subarray(start, start + maxChunkBytes));
      this.#held.push({ channel, bytes: chunk });
      this.#heldBytes += chunk.length;
    }
    while (this.#heldBytes > maxHeldBytes) this.#lostBytes += this.#take()?.bytes.length ?? 0;
    this.#tell();
  }

  /** Nothing comes after this: what is printed later is not kept, and a reader ends when it has read the rest. */
  end(): void {
    this.#hasEnded = true;
    this.#tell();
  }

  /**
   * What was printed and nobody has read, then what is printed, until the end.
   * One that begins to read later takes over: the reader before it ends.
   *
   * @param gone aborts when the reader is not there any more, which then ends.
   */
  async *read(gone: AbortSignal): AsyncGenerator<PrintedChunk, void> {
    this.#readers += 1;
    const self = this.#readers;
    this.#tell();
    gone.addEventListener("abort", () => this.#tell(), { once: true });
    while (self === this.#readers && !gone.aborted) {
      const chunk = this.#notice() ?? this.#take();
      if (chunk !== undefined) yield chunk;
      else if (this.#hasEnded) return;
      else await this.#news.promise;
    }
  }

  #notice(): PrintedChunk | undefined {
    if (this.#lostBytes === 0) return undefined;
    const text = `go-plugin: ${this.#lostBytes} bytes that were printed before are lost: nobody read them in time\n`;
    this.#lostBytes = 0;
    return { channel: "stderr", bytes: Buffer.from(text) };
  }

  #take(): PrintedChunk | undefined {
    const chunk = this.#held.shift();
    this.#heldBytes -= chunk?.bytes.length ?? 0;
    return chunk;
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

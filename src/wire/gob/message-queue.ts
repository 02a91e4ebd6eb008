import { ByteQueue } from "../byte-queue.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";

/**
 * Cuts a stream of bytes into messages: "each message … is preceded by an encoded
 * unsigned integer count of the number of bytes remaining in the message". Bytes
 * may arrive cut anywhere, inside a count too.
 */
export class MessageQueue {
  readonly #bytes = new ByteQueue();
  readonly #maxMessageBytes: number;
  /** Bytes that the count takes, after its first one told; undefined while that one is awaited. */
  #countLength: number | undefined;
  /** Bytes of the message; undefined while its count is awaited. */
  #messageLength: number | undefined;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Whether all that came was whole messages. */
  get isBetweenMessages(): boolean {
    return this.#bytes.length === 0 && this.#countLength === undefined && this.#messageLength === undefined;
  }

  append(chunk: Uint8Array): void {
    this.#bytes.append(chunk);
  }

  /**
   * The next message without its count; undefined if it is not all there yet.
   *
   * @throws CoalmineError too-large, as soon as its count says so.
   */
  next(): Uint8Array | undefined {
    this.#messageLength ??= this.#readCount();
    if (this.#messageLength === undefined || this.#bytes.length < this.#messageLength) return undefined;
    const message = this.#bytes.take(this.#messageLength);
    this.#messageLength = undefined;
    return message;
  }

  #readCount(): number | undefined {
    if (this.#countLength === undefined) {
      if (this.#bytes.length === 0) return undefined;
      const [first = 0] = this.#bytes.take(1);
      if (first < 0x80) return this.#checked(BigInt(first));
      this.#countLength = 256 - first;
      if (this.#countLength > 8) throw malformedGob(`a count of ${this.#countLength} bytes, want 8 or fewer`);
    }
    if (this.#bytes.length < this.#countLength) return undefined;
    const count = this.#bytes.take(this.#countLength).reduce((high, byte) => high * 256n + BigInt(byte), 0n);
    this.#countLength = undefined;
    return this.#checked(count);
  }

  #checked(count: bigint): number {
    if (count === 0n) throw malformedGob("an empty message");
    if (count <= this.#maxMessageBytes) return Number(count);
    throw oversizedGob(`message of ${count} bytes, at most ${this.#maxMessageBytes}`);
  }
}

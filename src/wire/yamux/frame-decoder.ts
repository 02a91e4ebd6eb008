import { ByteQueue } from "../byte-queue.ts";
import { decodeHeader, type Frame, type FrameHeader, headerBytes } from "./frame.ts";
import { protocolViolation } from "./protocol-violation.ts";

/**
 * Cuts a byte stream into frames. Bytes may arrive cut anywhere, inside a
 * header too; what is incomplete waits for the next call. It holds at most one
 * payload besides the chunk it was given.
 *
 * After an error the decoder must be discarded.
 */
export class FrameDecoder {
  readonly #maxPayloadBytes: number;
  readonly #pending = new ByteQueue();
  #header: FrameHeader | null = null;

  /** @param options.maxPayloadBytes A frame that announces more is refused before its payload arrives. */
  constructor(options: { readonly maxPayloadBytes: number }) {
    this.#maxPayloadBytes = options.maxPayloadBytes;
  }

  /** Whether a frame has begun and not ended; true at the end of the stream means it was cut short. */
  get isInsideFrame(): boolean {
    return this.#header !== null || this.#pending.length > 0;
  }

  /**
   * The frames that `chunk` completes, each as it is asked for.
   *
   * @throws CoalmineError invalid-request on bytes that are no frame, or one too large.
   */
  *push(chunk: Uint8Array): Generator<Frame, void> {
    this.#pending.append(chunk);
    for (let frame = this.#next(); frame !== null; frame = this.#next()) yield frame;
  }

  #next(): Frame | null {
    if (this.#header === null) {
      if (this.#pending.length < headerBytes) return null;
      this.#header = decodeHeader(this.#pending.take(headerBytes));
    }
    const payloadBytes = this.#header.type === "data" ? this.#header.length : 0;
    if (payloadBytes > this.#maxPayloadBytes) {
      throw protocolViolation(
        `a payload of at most ${this.#maxPayloadBytes} bytes wanted, ${payloadBytes} announced`,
      );
    }
    if (this.#pending.length < payloadBytes) return null;
    const frame = { ...this.#header, payload: this.#pending.take(payloadBytes) };
    this.#header = null;
    return frame;
  }
}

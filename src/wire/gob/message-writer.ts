import { ByteWriter } from "./byte-writer.ts";

/**
 * The message under way and the counted pieces in it, one in another, that hold
 * interface values: the counterpart of MessagePieces.
 */
export class MessageWriter {
  readonly #output = new ByteWriter();
  readonly #pieces = [new ByteWriter()];

  /** The innermost piece. */
  get current(): ByteWriter {
    return this.#pieces.at(-1) ?? this.#output;
  }

  /** The messages that are ended, as a copy. */
  get messages(): Uint8Array {
    return new Uint8Array(this.#output.written);
  }

  /** Begins a piece within the current one. */
  open(): void {
    this.#pieces.push(new ByteWriter());
  }

  /** Ends the current piece and goes on after it, in the one around it. */
  close(): void {
    this.flush();
    this.#pieces.pop();
  }

  /**
   * Ends the current piece, or the message, and begins another in its place. Go
   * does so after each type definition.
   */
  flush(): void {
    const piece = this.current;
    const outer = this.#pieces.at(-2) ?? this.#output;
    outer.bytes(piece.written);
    piece.clear();
  }
}

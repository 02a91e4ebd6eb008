import { ByteReader } from "./byte-reader.ts";
import { malformedGob } from "./gob-fault.ts";

/**
 * A message and the counted pieces within it that hold interface values, one in
 * another. The reader's end stands at the end of the innermost piece.
 *
 * Go's encoder flushes the buffer it is in after each type definition, so that
 * the piece around an interface value ends right after each definition in it,
 * and goes on as another counted piece: in the same message if it is itself the
 * contents of an interface value, else as the next message.
 */
export class MessagePieces {
  reader = new ByteReader(new Uint8Array(0));
  #ends: number[] = [];

  /** Goes on in a new message, which `reader` stands in. */
  enterMessage(reader: ByteReader): void {
    this.reader = reader;
    this.#ends = [reader.end];
  }

  /** Reads the count of a piece and enters it. */
  open(): void {
    const length = this.reader.length("interface value");
    this.reader.end = this.reader.position + length;
    this.#ends.push(this.reader.end);
  }

  /** Leaves the innermost piece. @throws CoalmineError invalid-request if it is not read to its end. */
  close(): void {
    if (this.reader.remaining > 0)
      throw malformedGob(`${this.reader.remaining} bytes too many in an interface value`);
    this.#ends.pop();
    this.reader.end = this.#ends.at(-1) ?? this.reader.end;
  }

  /**
   * After a type definition: goes on in the piece that continues this one.
   *
   * @returns false if that is the next message.
   */
  continue(): boolean {
    if (this.#ends.length === 1) return false;
    this.close();
    this.open();
    return true;
  }
}

import { isUtf8 } from "node:buffer";
import { malformedGob } from "./gob-fault.ts";

/** 2^32: what one count of the high word of a 64-bit number is worth. */
const word = 0x1_0000_0000;

/**
 * Text that is longer must be UTF-8. Node decodes that at 1 GB/s, but replaces
 * what is not at a hundredth of it: 16 MB would hold the event loop.
 */
const maxGarbledBytes = 65_536;

/**
 * Reads the basic values of gob one after another (doc.go, "Encoding Details").
 *
 * Reading past `end` is an error; `end` may be moved inwards to fence a part of
 * the message.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  /** The same memory, for what a Buffer does best: text. */
  readonly #buffer: Buffer;
  readonly #scratch = new DataView(new ArrayBuffer(8));
  #position = 0;
  #end: number;

  constructor(message: Uint8Array) {
    // Not the message itself, since slice() of a Buffer would share its memory.
    this.#bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
    this.#buffer = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    this.#end = message.byteLength;
  }

  /** Where the next read starts, in bytes of the message. */
  get position(): number {
    return this.#position;
  }

  /** Where reading stops. */
  get end(): number {
    return this.#end;
  }

  /** @throws RangeError if `end` is behind what was read or beyond the message. */
  set end(end: number) {
    if (end < this.#position || end > this.#bytes.byteLength)
      throw new RangeError(`end ${end}: want ${this.#position} … ${this.#bytes.byteLength}`);
    this.#end = end;
  }

  /** Bytes left before the end. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  /**
   * "An unsigned integer is sent one of two ways. If it is less than 128, it is
   * sent as a byte with that value. Otherwise it is sent as a minimal-length
   * big-endian byte stream holding the value, preceded by one byte holding the
   * byte count, negated." Like Go's decoder this takes longer forms too.
   */
  uint(): number | bigint {
    const first = this.#byte();
    if (first < 0x80) return first;
    const length = this.#lengthOf(first);
    let high = 0;
    let low = 0;
    for (let index = 0; index < length; index++) {
      const byte = this.#byte();
      if (length - index > 4) high = high * 256 + byte;
      else low = low * 256 + byte;
    }
    const value = high * word + low;
    return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
  }

  /** A signed integer: "bits 1 upward contain the value; bit 0 says whether they should be complemented". */
  int(): number | bigint {
    const coded = this.uint();
    if (typeof coded === "number") return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    const value = (coded & 1n) === 0n ? coded >> 1n : ~(coded >> 1n);
    const short = Number(value);
    return Number.isSafeInteger(short) ? short : value;
  }

  /** A count, a delta or a length. @param what names it in the error. */
  count(what: string): number {
    const value = this.uint();
    if (typeof value === "number") return value;
    throw malformedGob(`${what} of ${value}, want one that can be`);
  }

  /** A count of bytes that must follow before the end. */
  length(what: string): number {
    const length = this.count(what);
    if (length > this.remaining)
      throw malformedGob(`${what} of ${length} bytes, ${this.remaining} bytes remain`);
    return length;
  }

  /** The id of a type, negative where it is being defined: "a signed integer type id". */
  typeId(): number {
    const id = this.int();
    if (typeof id === "bigint" || Math.abs(id) > 0x7fff_ffff || id === 0)
      throw malformedGob(`type id ${id}, want one of 32 bits that is not 0`);
    return id;
  }

  bool(): boolean {
    const value = this.uint();
    if (value === 0 || value === 1) return value === 1;
    throw malformedGob(`bool of ${value}, want 0 or 1`);
  }

  /**
   * A float64: its bits "byte-reversed and sent as a regular unsigned integer",
   * so that the bytes that came are the last ones of its little-endian form.
   */
  float(): number {
    const scratch = this.#scratch;
    scratch.setFloat64(0, 0);
    const first = this.#byte();
    if (first < 0x80) {
      scratch.setUint8(7, first);
    } else {
      const length = this.#lengthOf(first);
      for (let at = 8 - length; at < 8; at++) scratch.setUint8(at, this.#byte());
    }
    return scratch.getFloat64(0, true);
  }

  /** "An unsigned count followed by that many uninterpreted bytes", as a copy. */
  bytes(what: string): Uint8Array {
    const start = this.#skip(this.length(what));
    return this.#bytes.slice(start, this.#position);
  }

  /** Bytes as text. Go lets a string hold any bytes; what is not UTF-8 becomes U+FFFD, as in Go's JSON, up to 64 KiB. */
  string(what: string): string {
    const length = this.length(what);
    const start = this.#skip(length);
    if (length > maxGarbledBytes && !isUtf8(this.#bytes.subarray(start, this.#position)))
      throw malformedGob(`${what} of ${length} bytes that is not UTF-8, want ${maxGarbledBytes} or fewer`);
    return this.#buffer.toString("utf8", start, this.#position);
  }

  #skip(length: number): number {
    const start = this.#position;
    this.#position += length;
    return start;
  }

  #byte(): number {
    if (this.#position < this.#end) {
      const byte = this.#bytes[this.#position++];
      if (byte !== undefined) return byte;
    }
    throw malformedGob(`the message ends after ${this.#position} bytes, inside a value`);
  }

  #lengthOf(negatedCount: number): number {
    const length = 256 - negatedCount;
    if (length <= 8) return length;
    throw malformedGob(`integer of ${length} bytes, want 8 or fewer`);
  }
}

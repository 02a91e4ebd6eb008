const leastCapacity = 256;
const encoder = new TextEncoder();

/** Writes the basic values of gob one after another (doc.go, "Encoding Details"); it grows as needed. */
export class ByteWriter {
  #bytes = new Uint8Array(leastCapacity);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written, as a view that holds until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** @throws RangeError if it is not a whole number of 0 … 2^64 - 1. */
  uint(value: number | bigint): void {
    const wide = wholeNumber(value);
    if (wide < 0n || wide > 0xffff_ffff_ffff_ffffn) throw outOfRange(value, "0 … 2^64 - 1");
    if (wide < 128n) this.#byte(Number(wide));
    else this.#minimal(wide);
  }

  /** @throws RangeError if it is not a whole number of -2^63 … 2^63 - 1. */
  int(value: number | bigint): void {
    const wide = wholeNumber(value);
    if (BigInt.asIntN(64, wide) !== wide) throw outOfRange(value, "-2^63 … 2^63 - 1");
    this.uint(wide < 0n ? (~wide << 1n) | 1n : wide << 1n);
  }

  bool(value: boolean): void {
    this.#byte(value ? 1 : 0);
  }

  /** A float64, "byte-reversed and sent as a regular unsigned integer". */
  float(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.uint(this.#view.getBigUint64(this.#length));
  }

  /** The bytes, their count before them. */
  bytes(value: Uint8Array): void {
    this.uint(value.byteLength);
    this.raw(value);
  }

  /** The bytes as they are. */
  raw(value: Uint8Array): void {
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  /** The text as UTF-8, its count of bytes before it; half of a surrogate pair becomes U+FFFD. */
  string(value: string): void {
    this.bytes(encoder.encode(value));
  }

  /** 8 bytes, big endian, without the zeros that lead, after their negated count. */
  #minimal(value: bigint): void {
    this.#reserve(9);
    const start = this.#length + 1;
    this.#view.setBigUint64(start, value);
    let zeros = 0;
    while (this.#bytes[start + zeros] === 0) zeros += 1;
    this.#bytes.copyWithin(start, start + zeros, start + 8);
    this.#byte(256 - (8 - zeros));
    this.#length += 8 - zeros;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.byteLength) return;
    const roomier = new Uint8Array(2 * needed);
    roomier.set(this.written);
    this.#bytes = roomier;
    this.#view = new DataView(roomier.buffer);
  }
}

function wholeNumber(value: number | bigint): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw outOfRange(value, "a whole number; a bigint beyond 2^53");
}

function outOfRange(value: number | bigint, wanted: string): RangeError {
  return new RangeError(`integer ${value}: want ${wanted}`);
}

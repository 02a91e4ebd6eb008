/** Bytes of protobuf messages that no encoder writes: as https://protobuf.dev/programming-guides/encoding has them, and not. */
import fc from "fast-check";

/** What a message may be made of here; lengths and numbers are as wrong as can be written. */
const numbers = [
  0n,
  1n,
  127n,
  128n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const endless = Buffer.alloc(11, 0xff);
const oddVarints = [...numbers.map(varint), endless, Buffer.from([0x80]), Buffer.from([0x80, 0x80, 0x00])];
const fieldNumbers = [1, 2, 3, 4, 5, 6, 7, 15, 16, 2 ** 29 - 1];

/** A number in seven bits a byte, the lowest first. */
function varint(number: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = number; ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return Buffer.from([...bytes, low]);
    bytes.push(low | 128);
  }
}

/** A field that holds bytes: a text, a message, packed numbers. */
export function lengthDelimited(fieldNumber: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([tag(fieldNumber, 2), varint(BigInt(bytes.length)), bytes]);
}

function tag(fieldNumber: number, wireType: number): Buffer {
  return varint((BigInt(fieldNumber) << 3n) | BigInt(wireType));
}

/** Any message of a few fields, most of them whole, within others of the same kind. */
const anyMessage: fc.Arbitrary<Buffer> = fc.letrec<{ readonly message: Buffer }>((tie) => {
  const fieldNumber = fc.constantFrom(...fieldNumbers);
  const content = fc.oneof(
    { maxDepth: 6 },
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom("checkout", "shop", "\ud800", "é", "\u0000").map((text) => Buffer.from(text)),
    tie("message"),
  );
  const field = fc.oneof(
    fc
      .tuple(fieldNumber, fc.constantFrom(...oddVarints))
      .map(([at, number]) => Buffer.concat([tag(at, 0), number])),
    { weight: 5, arbitrary: fc.tuple(fieldNumber, content).map(([at, bytes]) => lengthDelimited(at, bytes)) },
    fc
      .tuple(fieldNumber, fc.constantFrom(...oddVarints), content)
      .map(([at, length, bytes]) => Buffer.concat([tag(at, 2), length, bytes])),
    // Fixed numbers, groups without an end and ends without a group, and the two types that there are not.
    fc
      .tuple(fieldNumber, fc.constantFrom(1, 3, 4, 5, 6, 7), fc.uint8Array({ maxLength: 9 }))
      .map(([at, wireType, bytes]) => Buffer.concat([tag(at, wireType), bytes])),
  );
  return { message: fc.array(field, { maxLength: 5 }).map((fields) => Buffer.concat(fields)) };
}).message;

/** Field within field, so many levels deep; the innermost is empty. Written from its end, for each length is that of all within. */
export function nested(fieldNumbersFromOutside: readonly number[], levels: number): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < levels; level++) {
    for (const fieldNumber of fieldNumbersFromOutside.toReversed()) {
      const head = Buffer.concat([tag(fieldNumber, 2), varint(BigInt(length))]);
      heads.push(head);
      length += head.length;
    }
  }
  return Buffer.concat(heads.toReversed());
}

/** One piece again and again, up to that many bytes. */
function repeated(piece: Uint8Array, bytes: number): Buffer {
  const length = Math.floor(bytes / Math.max(1, piece.length)) * piece.length;
  return piece.length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, piece);
}

export interface DamagedBytesOptions {
  /** How long some are; a few bytes more where they stand behind a right one. */
  readonly longest: number;
  /** The fields that lead from the message to one of its own kind, for those that nest. */
  readonly nestsBy: readonly number[];
}

const depths = [1, 20, 50, 100, 101, 500, 5_000, 15_000] as const;

/** Messages that are right but for a few places; some as they are, some of anything, some as deep or as long as may be. */
export function damagedBytes(
  right: fc.Arbitrary<Buffer>,
  { longest, nestsBy }: DamagedBytesOptions,
): fc.Arbitrary<Buffer> {
  const deep = depths.map((levels) => nested(nestsBy, levels));
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...oddVarints),
    anyMessage,
  );
  const edit = fc.tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 6 }), piece);
  const damaged = fc
    .tuple(right, fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([bytes, edits]) => edits.reduce(edited, bytes));
  return fc.oneof(
    { weight: 25, arbitrary: right },
    { weight: 50, arbitrary: damaged },
    { weight: 15, arbitrary: anyMessage },
    {
      weight: 5,
      arbitrary: fc.tuple(right, anyMessage).map(([bytes, more]) => Buffer.concat([bytes, more])),
    },
    { weight: 3, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(right, fc.constantFrom(...deep))
        .map(([bytes, more]) => Buffer.concat([bytes, more])),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(right, piece).map(([bytes, one]) => Buffer.concat([bytes, repeated(one, longest)])),
    },
  );
}

function edited(bytes: Buffer, [at, length, piece]: readonly [number, number, Uint8Array]): Buffer {
  const from = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from + length)]);
}

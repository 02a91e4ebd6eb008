/** Damages streams: the changes that a peer of ill will, or a bad wire, would make. */

/** A number in [0, 1); a seed repeats it. */
type Random = () => number;

/** A whole number of 0 … `below` - 1. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** One of them. @throws RangeError if there is none. */
export function oneOf<T>(choices: readonly T[], random: Random): T {
  const choice = choices[below(choices.length, random)];
  if (choice === undefined) throw new RangeError("a choice wanted, an empty list met");
  return choice;
}

/** Bytes and numbers at which lengths, counts and signs change their meaning. */
const edgeBytes = [0, 1, 0x7f, 0x80, 0x81, 0xf7, 0xf8, 0xfc, 0xfe, 0xff];
const edgeNumbers = [
  0n,
  1n,
  127n,
  128n,
  65_535n,
  2n ** 20n,
  2n ** 31n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 64n - 1n,
];

type Change = (bytes: Buffer, others: readonly Buffer[], random: Random) => Buffer;

const changes: readonly Change[] = [
  function flipBit(bytes, _others, random) {
    return withByte(bytes, random, (byte) => byte ^ (1 << below(8, random)));
  },
  function setByte(bytes, _others, random) {
    return withByte(bytes, random, () => below(256, random));
  },
  function setEdge(bytes, _others, random) {
    return withByte(bytes, random, () => oneOf(edgeBytes, random));
  },
  function nudge(bytes, _others, random) {
    return withByte(bytes, random, (byte) => byte + (random() < 0.5 ? 1 : -1));
  },
  function truncate(bytes, _others, random) {
    return bytes.subarray(0, below(bytes.length + 1, random));
  },
  function cutOut(bytes, _others, random) {
    const start = below(bytes.length + 1, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + below(16, random))]);
  },
  function sayTwice(bytes, _others, random) {
    const start = below(bytes.length + 1, random);
    const end = start + below(64, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function putNumber(bytes, _others, random) {
    const at = below(bytes.length + 1, random);
    const replaced = below(3, random);
    return Buffer.concat([
      bytes.subarray(0, at),
      gobNumber(oneOf(edgeNumbers, random)),
      bytes.subarray(at + replaced),
    ]);
  },
  function putWord(bytes, _others, random) {
    const changed = Buffer.from(bytes);
    if (changed.length < 4) return changed;
    const word = Number(oneOf(edgeNumbers, random) & 0xffff_ffffn);
    changed.writeUInt32BE(word, below(changed.length - 3, random));
    return changed;
  },
  function splice(bytes, others, random) {
    const other = oneOf(others, random);
    const [end, start] = [below(bytes.length + 1, random), below(other.length + 1, random)];
    return Buffer.concat([bytes.subarray(0, end), other.subarray(start)]);
  },
  function appendOther(bytes, others, random) {
    return Buffer.concat([bytes, oneOf(others, random)]);
  },
];

/** The bytes after one to four changes. @param others what they may be mixed with. */
export function mutate(bytes: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let changed = bytes;
  for (let left = 1 + below(4, random); left > 0; left--)
    changed = oneOf(changes, random)(changed, others, random);
  return changed;
}

/** The bytes in one to four pieces, cut anywhere. */
export function cutUp(bytes: Buffer, random: Random): Buffer[] {
  const cuts = Array.from({ length: below(4, random) }, () => below(bytes.length + 1, random));
  const ends = [...cuts.sort((a, b) => a - b), bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function withByte(bytes: Buffer, random: Random, changed: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  const at = below(copy.length, random);
  copy[at] = changed(copy[at] ?? 0);
  return copy;
}

/** An unsigned integer as gob writes it. */
function gobNumber(value: bigint): Buffer {
  if (value < 128n) return Buffer.of(Number(value));
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(256 - bytes.length), bytes]);
}

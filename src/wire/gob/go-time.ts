/**
 * time.Time in a gob. It is a GobEncoder; its bytes are those of its
 * MarshalBinary (Go's time/time.go): version (1 byte), seconds since the year 1
 * (8), nanoseconds (4), minutes east of UTC (2), big endian; version 2 adds the
 * seconds of the zone's offset (1).
 */
import { malformedGob } from "./gob-fault.ts";

/** A moment and the zone it was told in. */
export interface GoTime {
  /** Whole seconds since 1970 UTC, a safe integer, negative before; Go's zero time is {@link zeroGoTime}. */
  readonly seconds: number;
  /** Nanoseconds past the second, 0 … 999,999,999. */
  readonly nanos: number;
  /** `UTC`, or the offset east of it in seconds; Go tells UTC from a local zone of offset 0. */
  readonly zone: "UTC" | number;
}

/** What `time.Time{}` is: the first moment of the year 1, UTC. */
export const zeroGoTime: GoTime = { seconds: -62_135_596_800, nanos: 0, zone: "UTC" };

const utcMinutes = -1;
const version1Bytes = 15;
const version2Bytes = 16;

/** The time in `bytes`. @throws CoalmineError invalid-request if they are none. */
export function readGoTime(bytes: Uint8Array): GoTime {
  const version = bytes[0];
  const wanted = version === 1 ? version1Bytes : version2Bytes;
  if ((version !== 1 && version !== 2) || bytes.byteLength !== wanted)
    throw malformedGob(`a time of version ${version} in ${bytes.byteLength} bytes, want 1 in 15 or 2 in 16`);
  // An AnalysisRun is full of times: a DataView and a bigint for each would be a good part of decoding it.
  const sinceYear1 = wordAt(bytes, 1) * 2 ** 32 + (wordAt(bytes, 5) >>> 0);
  const seconds = sinceYear1 + zeroGoTime.seconds;
  const nanos = wordAt(bytes, 9);
  if (!Number.isSafeInteger(sinceYear1) || !Number.isSafeInteger(seconds))
    throw malformedGob(`a time of ${sinceYear1} s, want fewer than 2^53`);
  if (nanos < 0 || nanos > 999_999_999) throw malformedGob(`a time of ${nanos} ns, want 0 … 999999999`);
  const zoneBytes = wordAt(bytes, 13);
  const minutes = zoneBytes >> 16;
  const zoneSeconds = (zoneBytes << 16) >> 24;
  return { seconds, nanos, zone: minutes === utcMinutes ? "UTC" : minutes * 60 + zoneSeconds };
}

/** Four bytes as a signed integer; bytes beyond the end are 0. */
function wordAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** The bytes of `time`. @throws RangeError if a part is out of its range, or the zone beyond 22 days. */
export function writeGoTime(time: GoTime): Uint8Array {
  const { seconds, nanos, zone } = time;
  const offset = zone === "UTC" ? utcMinutes * 60 : zone;
  const minutes = Math.trunc(offset / 60);
  const isWhole = [seconds, nanos, offset].every(Number.isSafeInteger);
  if (!isWhole || nanos < 0 || nanos > 999_999_999 || Math.abs(minutes) > 32_767)
    throw new RangeError(`time ${JSON.stringify(time)}: want whole seconds, 0 … 999999999 ns, a zone`);
  if (zone !== "UTC" && minutes === utcMinutes)
    throw new RangeError(`time zone ${zone} s: Go has no way to send an offset of -1 minute`);
  const zoneSeconds = offset % 60;
  const view = new DataView(new ArrayBuffer(zoneSeconds === 0 ? version1Bytes : version2Bytes));
  view.setUint8(0, zoneSeconds === 0 ? 1 : 2);
  view.setBigInt64(1, BigInt(seconds) - BigInt(zeroGoTime.seconds));
  view.setInt32(9, nanos);
  view.setInt16(13, minutes);
  if (zoneSeconds !== 0) view.setInt8(15, zoneSeconds);
  return new Uint8Array(view.buffer);
}

/** The moment as a Date, cut to the millisecond; an invalid Date beyond the years a Date knows. */
export function dateOfGoTime({ seconds, nanos }: GoTime): Date {
  return new Date(seconds * 1_000 + Math.floor(nanos / 1_000_000));
}

/** A Date as Go's UTC time. @throws RangeError if the Date is invalid. */
export function goTimeOfDate(date: Date): GoTime {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new RangeError("a valid Date wanted, an invalid one met");
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1_000_000, zone: "UTC" };
}

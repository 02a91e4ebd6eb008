import type { Timestamp } from "./messages.ts";

/** 9999-12-31T23:59:59.999Z, the last moment that a Timestamp may tell. */
const latestMs = 253_402_300_799_999;

/** Milliseconds since the epoch; null for a moment before it, or past the year 9999. Below a millisecond nothing is kept. */
export function readTimestamp({ seconds, nanos }: Timestamp): number | null {
  const ms = seconds * 1_000 + Math.floor(nanos / 1_000_000);
  const isInside = nanos >= 0 && nanos < 1_000_000_000 && ms >= 0 && ms <= latestMs;
  return isInside ? ms : null;
}

/** @param moment RFC 3339, as results tell it. */
export function writeTimestamp(moment: string): Timestamp {
  const ms = Date.parse(moment);
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1_000_000 };
}

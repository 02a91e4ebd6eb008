import { formatDuration, parseDuration } from "../../base/duration.ts";
import { shiftPoint } from "./decimal.ts";
import { type Reading, show } from "./reading.ts";

/** No analysis is longer: its looks are kept one by one. */
const longestMs = 30 * 86_400_000;

/** A duration of a spec in whole milliseconds: `"10m"`, or a number of seconds; at most `mostMs`, 30 days unless given. */
export function readSpan(input: number | string, mostMs = longestMs): Reading<number> {
  const ms = parseSpan(input);
  if (ms === null) return { wrong: `expected a duration such as "10m" or 90 (seconds), got ${show(input)}` };
  if (ms > mostMs)
    return { wrong: `expected a duration of at most ${mostMs / 86_400_000}d, got ${show(input)}` };
  return { value: Math.round(ms) };
}

/** A latency in seconds, above 0: `"500ms"`, or a number of seconds. */
export function readLatency(input: number | string): Reading<number> {
  const seconds = typeof input === "number" ? input : parseLatency(input.trim());
  if (seconds !== null && seconds > 0 && seconds <= 86_400) return { value: seconds };
  return {
    wrong: `expected a latency such as "500ms" or 0.5 (seconds), above 0 and at most 1d, got ${show(input)}`,
  };
}

/** Writes a latency as {@link readLatency} reads it, to the last bit: `500ms`, or plain seconds where milliseconds are not exact. */
export function formatLatency(seconds: number): string {
  const text = formatDuration(seconds * 1_000);
  return parseLatency(text) === seconds ? text : shiftPoint(seconds, 0);
}

function parseSpan(input: number | string): number | null {
  if (typeof input === "string") return parseDuration(input.trim());
  return input >= 0 ? input * 1_000 : null;
}

function parseLatency(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const ms = parseDuration(text);
  return ms === null ? null : ms / 1_000;
}

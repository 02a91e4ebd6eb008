/** Moments as people type them after --from and --to. */
import { parseDuration } from "../../base/duration.ts";

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads a moment in milliseconds since the epoch: RFC 3339
 * (`2026-11-21T12:00:00Z`), unix seconds (`1795262400`), `now`, or as long ago
 * (`-30m`). Null if it is none of these, or a date that does not exist.
 */
export function parseTimeArgument(text: string, now: number): number | null {
  if (text === "now") return now;
  if (text.startsWith("-")) {
    const ago = parseDuration(text.slice(1));
    return ago === null ? null : now - ago;
  }
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!rfc3339.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** Which past window `--from` and `--to` name. */
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { parseTimeArgument } from "./time-argument.ts";

/** Milliseconds since the epoch; a null end is the start plus the spec's duration, a null start the end minus it. */
export type PastWindow =
  | { readonly from: number; readonly to: number | null }
  | { readonly from: null; readonly to: number };

/**
 * Reads both flags; null without either: the analysis is live.
 *
 * @throws CoalmineError invalid-request if one does not read, or the window is
 *   empty, not past yet, or said twice.
 */
export function readWindow(
  flags: { readonly from?: string; readonly to?: string; readonly duration?: string },
  now: number,
): PastWindow | null {
  const problems: Problem[] = [];
  const read = (path: string, text: string | undefined): number | null => {
    if (text === undefined) return null;
    const time = parseTimeArgument(text, now);
    if (time === null) problems.push({ path, message: `${wantedTime}, met "${text}"` });
    else if (time > now) problems.push({ path, message: `wanted a time that has passed, met "${text}"` });
    return time;
  };
  const from = read("--from", flags.from);
  const to = read("--to", flags.to);
  if (from !== null && to !== null && to <= from) {
    problems.push({ path: "--to", message: "wanted a time after --from" });
  }
  if (from !== null && to !== null && flags.duration !== undefined) {
    problems.push({
      path: "--duration",
      message: "wanted two of --from, --to and --duration, met all three",
    });
  }
  if (problems.length > 0)
    throw new CoalmineError("invalid-request", "the window does not read", { problems });
  if (from !== null) return { from, to };
  return to === null ? null : { from: null, to };
}

const wantedTime = "wanted RFC 3339 (2026-11-21T12:00:00Z), unix seconds, now, or how long ago (-30m)";

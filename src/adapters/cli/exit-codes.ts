/** What the process says by its exit code; pipelines branch on it. */
import type { Verdict } from "../../analysis/result.ts";
import type { CoalmineError, ErrorCode } from "../../base/errors.ts";

/** The exit code of a verdict. */
export const verdictExitCodes = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
} as const satisfies Record<Verdict, number>;

/** The exit code when nothing could be judged, as sysexits.h numbers them. */
export const exitCodes = {
  "invalid-spec": 64,
  "invalid-request": 64,
  "invalid-settings": 64,
  unauthenticated: 64,
  forbidden: 64,
  "not-found": 64,
  conflict: 64,
  "too-large": 64,
  "source-unavailable": 69,
  "query-rejected": 64,
  internal: 70,
} as const satisfies Record<ErrorCode, number>;

/** Of a command line that does not read (EX_USAGE). */
export const usageExitCode = exitCodes["invalid-request"];

/** An error as standard error tells it: its message, then every problem with its path on a line of its own, none of them twice. */
export function describeError(error: CoalmineError): string {
  const problems = error.problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const told = problems.join("; ");
  if (problems.length === 1 && error.message.endsWith(told)) return `coalmine: ${error.message}\n`;
  const message = error.message.endsWith(told)
    ? error.message.slice(0, error.message.length - told.length).trimEnd()
    : error.message;
  return ["coalmine: ", message, "\n", ...problems.map((problem) => `  ${problem}\n`)].join("");
}

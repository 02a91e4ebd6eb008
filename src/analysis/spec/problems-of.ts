import { CoalmineError, type Problem } from "../../base/errors.ts";

/** Enough for any honest slip; hostile input would make megabytes of them. */
const mostLines = 50;

/**
 * The problems that `read` throws as CoalmineError invalid-spec, at `path`
 * where they name none; empty if it does not throw. Anything else goes on.
 */
export function problemsOf(path: string, read: () => unknown): readonly Problem[] {
  try {
    at(path, read);
    return [];
  } catch (thrown) {
    if (thrown instanceof CoalmineError && thrown.code === "invalid-spec") return thrown.problems;
    throw thrown;
  }
}

/** What `read` returns; an invalid-spec error it throws without a place gets `path`. */
export function at<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof CoalmineError) || thrown.code !== "invalid-spec") throw thrown;
    throw thrown.problems.length > 0 ? thrown : invalidSpec([{ path, message: thrown.message }], thrown);
  }
}

/** An invalid-spec error that lists the problems, one a line where there are several, and counts what is over 50. */
export function invalidSpec(problems: readonly Problem[], cause?: unknown): CoalmineError {
  const lines = problems
    .slice(0, mostLines)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (problems.length > mostLines) lines.push(`and ${problems.length - mostLines} more`);
  const message =
    lines.length === 1 ? `${lines[0]}` : `${problems.length} problems in the spec:\n${lines.join("\n")}`;
  return new CoalmineError("invalid-spec", message, { problems: problems.slice(0, mostLines), cause });
}

import { CoalmineError, type Problem } from "../../base/errors.ts";

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

/** An invalid-spec error that lists every problem, one a line where there are several. */
export function invalidSpec(problems: readonly Problem[], cause?: unknown): CoalmineError {
  const lines = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const message =
    lines.length === 1 ? `${lines[0]}` : `${lines.length} problems in the spec:\n${lines.join("\n")}`;
  return new CoalmineError("invalid-spec", message, { problems, cause });
}

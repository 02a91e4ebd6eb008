import { CoalmineError, type Problem } from "../../../src/base/errors.ts";

/** What a reader of input complains about, as `path: message` lines; empty if it does not complain. */
export function problemsIn(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (thrown) {
    if (!(thrown instanceof CoalmineError)) throw thrown;
    return thrown.problems.map(({ path, message }: Problem) => `${path}: ${message}`);
  }
}

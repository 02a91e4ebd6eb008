import type { Problem } from "../../base/errors.ts";

/** The problem of a list that is not as long as it must be; none if it is. */
export function lengthProblems(
  path: string,
  list: readonly unknown[],
  length: number,
  because: string,
): Problem[] {
  if (list.length === length) return [];
  return [{ path, message: `expected ${length} entries (${because}), got ${list.length}` }];
}

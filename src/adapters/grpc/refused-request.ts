import { CoalmineError, type Problem } from "../../base/errors.ts";

/** A request that cannot be read, with every problem; they are told in its message too. */
export function refusedRequest(
  problems: readonly Problem[],
  code: "invalid-request" | "invalid-spec" = "invalid-request",
): CoalmineError {
  const told = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new CoalmineError(code, `the request: ${told.join("; ")}`, { problems });
}

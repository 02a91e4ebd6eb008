import { CoalmineError } from "../base/errors.ts";

/** What is told of an id or a key that another analysis has. */
export function taken(what: "id" | "key", value: string | null): CoalmineError {
  return new CoalmineError("conflict", `the ${what} ${JSON.stringify(value)} is taken by another analysis`);
}

/** The two ways in which received bytes are refused. */
import { CoalmineError } from "../../base/errors.ts";

/** Bytes that are not a gob stream. @param text what was wanted and what was met. */
export function malformedGob(text: string): CoalmineError {
  return new CoalmineError("invalid-request", `gob: malformed stream: ${text}`);
}

/** A gob stream that asks for more than the limits allow. @param text the limit and what was met. */
export function oversizedGob(text: string): CoalmineError {
  return new CoalmineError("too-large", `gob: over a limit: ${text}`);
}

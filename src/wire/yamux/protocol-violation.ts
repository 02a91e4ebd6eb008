import { CoalmineError } from "../../base/errors.ts";

/**
 * What a peer did that yamux does not allow: it ends the session with a go-away
 * for a protocol error.
 *
 * @param text What was wanted and what was met.
 */
export function protocolViolation(text: string): CoalmineError {
  return new CoalmineError("invalid-request", `yamux: the peer broke the protocol: ${text}`);
}

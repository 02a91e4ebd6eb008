/** How one end tells the other that it takes no more streams (spec.md, "Session termination"). */
import { CoalmineError } from "../../base/errors.ts";
import type { FrameHeader } from "./frame.ts";
import { protocolViolation } from "./protocol-violation.ts";

/** Why; the place in the list is its number on the wire. Only the first leaves the session in use. */
const goAwayReasons = ["normal", "protocolError", "internalError"] as const;

export type GoAwayReason = (typeof goAwayReasons)[number];

/** The frame that says it. */
export function goAwayFrame(reason: GoAwayReason): FrameHeader {
  return { type: "goAway", flags: 0, streamId: 0, length: goAwayReasons.indexOf(reason) };
}

/** What to tell a peer when the session ends for an error; null if it said so itself or is gone. */
export function goAwayReasonFor(error: CoalmineError): GoAwayReason | null {
  if (error.code === "source-unavailable") return null;
  return error.code === "internal" ? "internalError" : "protocolError";
}

/**
 * Takes the peer's: nothing more is done about `normal` than to open no more streams.
 *
 * @throws CoalmineError source-unavailable if the peer ends the session for an
 *   error, invalid-request if the reason is none of the protocol's.
 */
export function receiveGoAway(frame: FrameHeader): void {
  const reason = goAwayReasons[frame.length];
  if (reason === undefined) {
    throw protocolViolation(
      `a go-away reason from 0 to ${goAwayReasons.length - 1} wanted, ${frame.length} met`,
    );
  }
  if (reason === "normal") return;
  const fault = reason === "protocolError" ? "a protocol error of ours" : "an internal error of its own";
  throw new CoalmineError("source-unavailable", `yamux: the peer ended the session for ${fault}`);
}

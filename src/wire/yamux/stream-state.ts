/** The life of a stream, as a table. */
import { protocolViolation } from "./protocol-violation.ts";

/** Where one stream is in its life, seen from this end. */
export const streamStates = [
  /** Nothing was sent or received. */
  "idle",
  /** We sent SYN; data may flow, the peer has not answered. */
  "opening",
  /** The peer sent SYN; we have not answered. */
  "arriving",
  /** Both ends may send. */
  "open",
  /** We sent FIN: the peer may still send. */
  "localClosed",
  /** The peer sent FIN: we may still send. */
  "remoteClosed",
  /** Both sent FIN. */
  "closed",
  /** One of us sent RST: nothing more is sent, and what comes is drained. */
  "reset",
] as const;

export type StreamState = (typeof streamStates)[number];

/** What happens to a stream: a flag that came in, or one that we sent. */
export const streamEvents = [
  "synSent",
  "synReceived",
  "ackSent",
  "ackReceived",
  "finSent",
  "finReceived",
  "rstSent",
  "rstReceived",
] as const;

export type StreamEvent = (typeof streamEvents)[number];

type Row = Partial<Record<StreamEvent, StreamState>>;

const reset: Row = { rstSent: "reset", rstReceived: "reset" };

/**
 * What stream.go of hashicorp/yamux does in processFlags, sendFlags and Close.
 * An event that is not in a state's row breaks the protocol. A FIN closes one
 * direction and comes once; it may go ahead of the ACK that answers the SYN,
 * which is why an ACK is in the rows of half-closed streams. A second ACK says
 * nothing new and is let through, as the Go code does.
 */
const transitions: Record<StreamState, Row> = {
  idle: { synSent: "opening", synReceived: "arriving" },
  opening: { ackReceived: "open", finSent: "localClosed", finReceived: "remoteClosed", ...reset },
  arriving: { ackSent: "open", finReceived: "remoteClosed", ...reset },
  open: { ackReceived: "open", finSent: "localClosed", finReceived: "remoteClosed", ...reset },
  localClosed: { ackReceived: "localClosed", finReceived: "closed", ...reset },
  remoteClosed: { ackSent: "remoteClosed", ackReceived: "remoteClosed", finSent: "closed", ...reset },
  closed: {},
  reset: {},
};

/**
 * The state after `event`.
 *
 * @throws CoalmineError invalid-request if `event` cannot happen in `state`.
 */
export function nextStreamState(state: StreamState, event: StreamEvent): StreamState {
  const next = transitions[state][event];
  if (next !== undefined) return next;
  const wanted = Object.keys(transitions[state]).join(", ") || "nothing";
  throw protocolViolation(`a stream that is ${state} wants ${wanted}; ${event} met`);
}

/** Whether the stream has ended: no frame is sent for it, and those that come are drained. */
export function isOver(state: StreamState): boolean {
  return state === "closed" || state === "reset";
}

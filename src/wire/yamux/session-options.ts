import type { Clock } from "../../base/clock.ts";
import type { Role } from "./stream-ids.ts";

/** What one peer may cost us. */
export interface SessionLimits {
  /** Streams the peer opened that wait for `accept()`; more are refused with RST. Go's AcceptBacklog. */
  readonly acceptBacklog: number;
  /**
   * Streams that are not over, from both ends; the peer's are refused with RST
   * beyond it, ours throw. Each can hold 256 KiB that nobody has read.
   */
  readonly maxStreams: number;
  /** Bytes that wait for the socket, in our memory; over it the session ends with an error. */
  readonly maxUnsentBytes: number;
}

/** Go's backlog; the rest is ample for a plugin, whose host opens a handful of streams. */
export const defaultSessionLimits: SessionLimits = {
  acceptBacklog: 256,
  maxStreams: 1_024,
  maxUnsentBytes: 1024 * 1024,
};

/** How a session is set up; times are in milliseconds and default to those of hashicorp/yamux's DefaultConfig. */
export interface SessionOptions {
  readonly role: Role;
  /** The machine's clock. */
  readonly clock: Clock;
  /** Between the answer to a ping and the next one; default 30 s; null never pings. */
  readonly keepaliveIntervalMs?: number | null;
  /** How long a ping may stay unanswered; default 10 s. A keepalive ping that does ends the session. */
  readonly pingTimeoutMs?: number;
  /** How long a session that ends waits for the peer to take what was sent and to close as well; default 2 s. */
  readonly closeTimeoutMs?: number;
  readonly limits?: Partial<SessionLimits>;
}

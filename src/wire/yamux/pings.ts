import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { type Frame, frameFlag, hasFlag, maxUint32 } from "./frame.ts";
import type { Outbox } from "./outbox.ts";

/** What an answered ping aborts its wait with. */
const answered = Symbol("answered");

/** The pings of one session, ours and the peer's (spec.md, "Type Field": 0x2). */
export class Pings {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #nextValue = 0;
  /** By the opaque value that the answer carries. */
  readonly #waiting = new Map<number, AbortController>();

  constructor(options: { readonly outbox: Outbox; readonly clock: Clock; readonly timeoutMs: number }) {
    this.#outbox = options.outbox;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * The time until the peer answered, in milliseconds.
   *
   * @throws CoalmineError source-unavailable if it does not in time, or the session ends first.
   */
  async ping(): Promise<number> {
    const value = this.#nextValue;
    this.#nextValue = value === maxUint32 ? 0 : value + 1;
    const wait = new AbortController();
    this.#waiting.set(value, wait);
    this.#outbox.send({ type: "ping", flags: frameFlag.syn, streamId: 0, length: value });
    const sentAt = this.#clock.now();
    try {
      await this.#clock.until(sentAt + this.#timeoutMs, wait.signal);
      // After a long computation of ours the timer fires first, while the answer waits in the socket.
      await turnOfEventLoop();
      wait.signal.throwIfAborted();
    } catch (thrown) {
      if (thrown === answered) return Math.max(0, this.#clock.now() - sentAt);
      throw thrown;
    } finally {
      this.#waiting.delete(value);
    }
    const wanted = `an answer to a ping within ${formatDuration(this.#timeoutMs)}`;
    throw new CoalmineError("source-unavailable", `yamux: ${wanted} wanted, none met`);
  }

  /** Answers a ping, or takes an answer; one that nobody waits for any more is dropped. */
  receive(frame: Frame): void {
    if (hasFlag(frame, "syn")) {
      this.#outbox.send({ type: "ping", flags: frameFlag.ack, streamId: 0, length: frame.length });
    } else {
      this.#waiting.get(frame.length)?.abort(answered);
    }
  }

  /** Gives up on all answers. */
  end(error: CoalmineError): void {
    for (const wait of this.#waiting.values()) wait.abort(error);
  }

  /**
   * Pings again and again, each time an interval after the last answer.
   *
   * @throws what {@link ping} throws, or the signal's reason if it aborts.
   */
  async keepAlive(intervalMs: number, signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#clock.until(this.#clock.now() + intervalMs, signal);
      await this.ping();
    }
  }
}

/** Streams that both ends of a go-plugin connection find by a number (mux_broker.go): whoever opens one sends its number first, the other sends it back. */
import type { Duplex } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { readExactly } from "./read-exactly.ts";

/** How long one end waits for the other, as in mux_broker.go. */
const meetingTimeoutMs = 5_000;

/** Hands out numbered streams of one connection. */
export interface Broker {
  /** A number that was not used before in this connection. */
  nextId(): number;
  /**
   * The stream that the host opens for `id`, when it has come.
   *
   * @throws CoalmineError source-unavailable if it does not come within 5 s, or
   *   the connection ends.
   */
  accept(id: number): Promise<Duplex>;
  /**
   * Opens a stream for the number that the host waits for.
   *
   * @throws CoalmineError source-unavailable if the host does not take it
   *   within 5 s, invalid-request if it answers with another number.
   */
  dial(id: number): Promise<Duplex>;
}

/** Where the streams come from and go to; a yamux session has this shape. */
export interface StreamOpener {
  openStream(): Duplex;
}

/** One number, of which the one or the other end has been here. */
interface Meeting {
  readonly stream: PromiseWithResolvers<Duplex>;
  readonly over: AbortController;
}

/** The broker of one connection; give it every stream that the host opens beyond the first three. */
export class MuxBroker implements Broker {
  readonly #opener: StreamOpener;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #meetings = new Map<number, Meeting>();
  #lastId = 0;

  /** @param signal Aborts when the connection has ended: nobody waits after that. */
  constructor(opener: StreamOpener, clock: Clock, signal: AbortSignal) {
    this.#opener = opener;
    this.#clock = clock;
    this.#signal = signal;
  }

  nextId(): number {
    this.#lastId = (this.#lastId + 1) >>> 0;
    return this.#lastId;
  }

  async accept(id: number): Promise<Duplex> {
    const meeting = this.#meeting(id);
    const stream = await meeting.stream.promise;
    this.#meetings.delete(id);
    meeting.over.abort();
    stream.write(bytesOf(id));
    return stream;
  }

  async dial(id: number): Promise<Duplex> {
    const stream = this.#opener.openStream();
    stream.write(bytesOf(id));
    const answered = await this.#readId(stream);
    if (answered === id) return stream;
    stream.destroy();
    throw new CoalmineError(
      "invalid-request",
      `go-plugin: stream ${id} wanted, the host answered with ${answered}`,
    );
  }

  /** Takes a stream that the host opened; it is destroyed if nobody asks for its number within 5 s. Never throws. */
  async receive(stream: Duplex): Promise<void> {
    try {
      const id = await this.#readId(stream);
      const { promise, resolve } = this.#meeting(id).stream;
      resolve(stream);
      // A second stream of the same number is one too many.
      if ((await promise) !== stream) stream.destroy();
    } catch {
      stream.destroy();
    }
  }

  #meeting(id: number): Meeting {
    const known = this.#meetings.get(id);
    if (known !== undefined) return known;
    const meeting: Meeting = { stream: Promise.withResolvers(), over: new AbortController() };
    meeting.stream.promise.catch(() => {});
    this.#meetings.set(id, meeting);
    const signal = AbortSignal.any([this.#signal, meeting.over.signal]);
    this.#clock.until(this.#clock.now() + meetingTimeoutMs, signal).then(
      () => this.#giveUp(id, meeting, `the other end within ${meetingTimeoutMs} ms wanted, it did not come`),
      () => this.#giveUp(id, meeting, "the connection has ended"),
    );
    return meeting;
  }

  #giveUp(id: number, meeting: Meeting, why: string): void {
    if (meeting.over.signal.aborted) return;
    this.#meetings.delete(id);
    meeting.stream.promise.then(
      (stream) => stream.destroy(),
      () => {},
    );
    meeting.stream.reject(new CoalmineError("source-unavailable", `go-plugin: stream ${id}: ${why}`));
  }

  async #readId(stream: Duplex): Promise<number> {
    const late = new AbortController();
    const signal = AbortSignal.any([this.#signal, late.signal]);
    this.#clock.until(this.#clock.now() + meetingTimeoutMs, signal).then(
      () => stream.destroy(),
      () => stream.destroyed || late.signal.aborted || stream.destroy(),
    );
    try {
      const bytes = await readExactly(stream, 4);
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    } finally {
      late.abort();
    }
  }
}

function bytesOf(id: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, id, true);
  return bytes;
}

import type { Duplex } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { unreachable } from "../../base/unreachable.ts";
import { initialWindowBytes } from "./flow-windows.ts";
import type { Frame } from "./frame.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { type GoAwayReason, goAwayFrame, goAwayReasonFor, receiveGoAway } from "./go-away.ts";
import { Outbox } from "./outbox.ts";
import { Pings } from "./pings.ts";
import { defaultSessionLimits, type SessionOptions } from "./session-options.ts";
import { StreamTable } from "./stream-table.ts";
import type { YamuxStream } from "./yamux-stream.ts";

/** Many streams over one connection, as hashicorp/yamux has them; iterate over it for those that the peer opens. */
export interface Session extends AsyncIterable<YamuxStream> {
  /**
   * Opens a stream, which may be written to at once. The peer may refuse it:
   * then it is destroyed with an error.
   *
   * @throws CoalmineError source-unavailable if the session has ended or the
   *   peer takes no more streams, too-large if it is one too many.
   */
  openStream(): YamuxStream;
  /**
   * The next stream that the peer opens, in the order they came; null once the
   * session has ended.
   *
   * @throws CoalmineError the one the session ended with, if it did not end well.
   */
  accept(): Promise<YamuxStream | null>;
  /**
   * Milliseconds until the peer answered.
   *
   * @throws CoalmineError source-unavailable if it does not within `pingTimeoutMs`, or the session ends first.
   */
  ping(): Promise<number>;
  /** Tells the peer to open no more streams and refuses those it opens all the same; the others go on. */
  goAway(): void;
  /**
   * Ends the session: what was written goes out, streams that are still in use
   * are destroyed. Resolves when the connection is closed; never rejects.
   */
  close(): Promise<void>;
  /**
   * Resolves when the connection is closed after a `close()` of either end, be
   * it without a go-away, as the Go library's is. Rejects with a CoalmineError when it was lost or a keepalive ping stayed
   * unanswered (source-unavailable), the peer broke the protocol (invalid-request)
   * or does not read (too-large). One need not listen to it.
   */
  readonly closed: Promise<void>;
}

/** Starts a session on a connection, which is the session's from then on. */
export function createSession(socket: Duplex, options: SessionOptions): Session {
  return new SocketSession(socket, options);
}

class SocketSession implements Session {
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #closeTimeoutMs: number;
  readonly #outbox: Outbox;
  readonly #streams: StreamTable;
  readonly #pings: Pings;
  readonly #decoder = new FrameDecoder({ maxPayloadBytes: initialWindowBytes });
  /** Stops the keepalive when the session ends. */
  readonly #running = new AbortController();
  #error: CoalmineError | null = null;

  constructor(socket: Duplex, options: SessionOptions) {
    const limits = { ...defaultSessionLimits, ...options.limits };
    const { role, clock, pingTimeoutMs = 10_000, keepaliveIntervalMs = 30_000 } = options;
    this.#socket = socket;
    this.#clock = clock;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 2_000;
    this.#outbox = new Outbox(socket, {
      maxUnsentBytes: limits.maxUnsentBytes,
      onOverflow: (error) => this.#fail(error),
    });
    this.#streams = new StreamTable({ role, limits, outbox: this.#outbox });
    this.#pings = new Pings({ outbox: this.#outbox, clock, timeoutMs: pingTimeoutMs });
    this.closed = this.#watchSocket();
    this.closed.catch(() => {});
    if (keepaliveIntervalMs !== null) this.#keepAlive(keepaliveIntervalMs);
  }

  openStream(): YamuxStream {
    if (this.#hasEnded) throw hasEnded();
    return this.#streams.open();
  }

  accept(): Promise<YamuxStream | null> {
    return this.#streams.accept();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<YamuxStream, void> {
    for (let stream = await this.accept(); stream !== null; stream = await this.accept()) yield stream;
  }

  async ping(): Promise<number> {
    if (this.#hasEnded) throw hasEnded();
    return this.#pings.ping();
  }

  goAway(): void {
    this.#streams.refuse();
    this.#outbox.send(goAwayFrame("normal"));
  }

  async close(): Promise<void> {
    this.#end(null, "normal");
    await this.closed.catch(() => {});
  }

  get #hasEnded(): boolean {
    return this.#running.signal.aborted;
  }

  #watchSocket(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = () => {
      this.#lose("it was closed without an end");
      if (this.#error === null) resolve();
      else reject(this.#error);
    };
    this.#socket
      .on("data", (chunk: Uint8Array) => this.#receive(chunk))
      .on("end", () => this.#receiveEnd())
      .on("error", (error) => this.#lose(error.message, error))
      .on("close", settle);
    if (this.#socket.closed) settle();
    return promise;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#hasEnded) return;
    try {
      for (const frame of this.#decoder.push(chunk)) {
        this.#handle(frame);
        if (this.#hasEnded) return;
      }
    } catch (thrown) {
      this.#fail(CoalmineError.from(thrown));
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case "data":
      case "windowUpdate":
        this.#streams.receive(frame);
        break;
      case "ping":
        this.#pings.receive(frame);
        break;
      case "goAway":
        receiveGoAway(frame);
        this.#streams.peerLeaves();
        break;
      default:
        unreachable(frame.type);
    }
  }

  #receiveEnd(): void {
    if (this.#decoder.isInsideFrame) this.#lose("it ended inside a frame");
    else this.#end(null, null);
  }

  #lose(how: string, cause?: Error): void {
    const lost = new CoalmineError("source-unavailable", `yamux: the connection was lost: ${how}`, { cause });
    // What we send to a peer that has just closed meets an error before its end is read.
    this.#end(this.#streams.isDone ? null : lost, null);
  }

  #keepAlive(intervalMs: number): void {
    this.#pings.keepAlive(intervalMs, this.#running.signal).catch((thrown: unknown) => {
      if (this.#hasEnded) return;
      this.#end(CoalmineError.from(thrown), null);
      this.#socket.destroy();
    });
  }

  #fail(error: CoalmineError): void {
    this.#end(error, goAwayReasonFor(error));
  }

  #end(error: CoalmineError | null, farewell: GoAwayReason | null): void {
    if (this.#hasEnded) return;
    // First, for what follows may fail in turn and come back here.
    this.#running.abort();
    this.#error = error;
    if (farewell !== null) this.#outbox.send(goAwayFrame(farewell));
    this.#outbox.close();
    this.#pings.end(error ?? hasEnded());
    this.#streams.end(error ?? endedInUse(), error);
    this.#closeSocket();
  }

  #closeSocket(): void {
    if (this.#socket.closed) return;
    const closed = new AbortController();
    this.#socket.once("close", () => closed.abort());
    this.#socket.end();
    this.#clock.until(this.#clock.now() + this.#closeTimeoutMs, closed.signal).then(
      () => this.#socket.destroy(),
      () => {},
    );
  }
}

function hasEnded(): CoalmineError {
  return new CoalmineError("source-unavailable", "yamux: a session wanted, but it has ended");
}

function endedInUse(): CoalmineError {
  return new CoalmineError("source-unavailable", "yamux: the session ended while the stream was in use");
}

import { Duplex } from "node:stream";
import { CoalmineError } from "../../base/errors.ts";
import { ByteQueue } from "../byte-queue.ts";
import { ReceiveWindow, SendWindow } from "./flow-windows.ts";
import { type Frame, frameFlag, hasFlag } from "./frame.ts";
import type { FrameSource, Outbox, WriteFrame } from "./outbox.ts";
import { isOver, nextStreamState, type StreamEvent, type StreamState } from "./stream-state.ts";

/**
 * One of the streams of a session. `end()` sends FIN: the peer may still send.
 * `destroy()` sends RST unless both ends are done. Back-pressure reaches the
 * other end both ways, at 256 KiB.
 *
 * A reset by the peer, and the end of the session while the stream was in use,
 * destroy it with a CoalmineError `source-unavailable`; what had arrived before
 * the session ended can still be read. An error that nobody listens to does not
 * end the process, or any peer could.
 */
export interface YamuxStream extends Duplex {
  /** Odd if the client opened it, even if the server did; never used again in this session. */
  readonly id: number;
}

/** The largest payload we send: small enough that streams take turns. */
const maxFrameBytes = 65_536;

/** A stream as its session sees it: frames in, frames out. */
export class SessionStream extends Duplex implements YamuxStream, FrameSource {
  readonly id: number;
  readonly #outbox: Outbox;
  readonly #onOver: () => void;
  #state: StreamState = "idle";
  readonly #sendWindow = new SendWindow();
  readonly #receiveWindow = new ReceiveWindow();
  readonly #received = new ByteQueue();
  /** What the writer gave that is not in a frame yet. */
  #unsent: Uint8Array | null = null;
  /** Tells the writer that it may go on. */
  #onWritten: ((error: Error | null) => void) | null = null;
  #isReadWanted = false;
  #sessionError: CoalmineError | null = null;

  /** @param options.onOver Called once, when no more frames are to be given to the stream. */
  constructor(options: { readonly id: number; readonly outbox: Outbox; readonly onOver: () => void }) {
    // Without a read-ahead, a call of _read says that all before it was read.
    super({ readableHighWaterMark: 0, writableHighWaterMark: maxFrameBytes });
    this.id = options.id;
    this.#outbox = options.outbox;
    this.#onOver = options.onOver;
    this.on("error", () => {});
  }

  /** Begins it: `opening` tells the peer of it, `arriving` has heard of it from the peer. */
  begin(as: "opening" | "arriving"): void {
    this.#move(as === "opening" ? "synSent" : "synReceived");
    if (as === "opening") this.#send("syn");
  }

  /** Tells the peer that someone is there for the stream it opened. */
  acknowledge(): void {
    this.#move("ackSent");
    this.#send("ack");
  }

  /**
   * Takes a data or window update frame; its SYN flag is the caller's to see to.
   *
   * @throws CoalmineError invalid-request if it breaks the protocol.
   */
  receive(frame: Frame): void {
    if (frame.type === "windowUpdate") this.#sendWindow.widen(frame.length);
    // A Go peer that closes in one goroutine and writes in another may send data after its FIN.
    else if (this.#isPeerSending) this.#keep(frame.payload);
    if (hasFlag(frame, "ack")) this.#move("ackReceived");
    if (hasFlag(frame, "fin")) this.#move("finReceived");
    if (hasFlag(frame, "rst")) this.#resetByPeer();
    this.#deliver();
    if (this.#unsent !== null) this.#outbox.schedule(this);
  }

  /** Hears that the session has ended: what arrived is still given to the reader, then comes the error. */
  endWithSession(error: CoalmineError): void {
    this.#sessionError = error;
    const isAllRead = this.#received.length === 0 && this.readableLength === 0;
    const isEndDue = this.#state === "remoteClosed" && !this.readableEnded;
    if (this.#onWritten !== null || (isAllRead && !isEndDue)) this.destroy(error);
    else if (isEndDue) this.once("end", () => this.destroy(error));
  }

  sendNext(write: WriteFrame): boolean {
    const unsent = this.#unsent;
    if (unsent === null) return false;
    const length = Math.min(unsent.byteLength, this.#sendWindow.openBytes, maxFrameBytes);
    if (length === 0) return false;
    this.#sendWindow.send(length);
    const isLast = length === unsent.byteLength;
    this.#unsent = isLast ? null : unsent.subarray(length);
    const payload = unsent.subarray(0, length);
    write({ type: "data", flags: 0, streamId: this.id, length, payload }, () => {
      if (isLast) this.#settleWrite(null);
    });
    return !isLast;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error: Error | null) => void): void {
    if (this.#sessionError !== null || chunk.byteLength === 0) {
      done(this.#sessionError);
      return;
    }
    this.#unsent = chunk;
    this.#onWritten = done;
    this.#outbox.schedule(this);
  }

  override _final(done: (error: Error | null) => void): void {
    if (this.#sessionError === null && !isOver(this.#state)) {
      this.#send("fin");
      this.#move("finSent");
    }
    done(this.#sessionError);
  }

  override _read(): void {
    this.#isReadWanted = true;
    this.#deliver();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!isOver(this.#state)) {
      this.#send("rst");
      this.#move("rstSent");
    }
    this.#received.clear();
    this.#unsent = null;
    this.#settleWrite(
      error ?? new CoalmineError("conflict", `yamux stream ${this.id}: destroyed while it wrote`),
    );
    done(error);
  }

  get #isPeerSending(): boolean {
    return this.#state !== "remoteClosed" && !isOver(this.#state);
  }

  #keep(payload: Uint8Array): void {
    this.#receiveWindow.receive(payload.byteLength);
    this.#received.append(payload);
  }

  #deliver(): void {
    while (this.#isReadWanted && this.#received.length > 0) {
      // Set before: push() may call _read, which sets it again.
      this.#isReadWanted = false;
      const piece = this.#received.take(Math.min(this.#received.length, maxFrameBytes));
      const delta = this.#receiveWindow.read(piece.byteLength);
      if (delta > 0 && this.#isPeerSending) this.#send(null, delta);
      if (this.push(piece)) this.#isReadWanted = true;
    }
    if (this.#received.length > 0) return;
    if (this.#state === "remoteClosed" || this.#state === "closed") this.push(null);
    else if (this.#sessionError !== null && this.#isReadWanted) this.destroy(this.#sessionError);
  }

  #send(flag: keyof typeof frameFlag | null, delta = 0): void {
    const flags = flag === null ? 0 : frameFlag[flag];
    this.#outbox.send({ type: "windowUpdate", flags, streamId: this.id, length: delta });
  }

  #move(event: StreamEvent): void {
    this.#state = nextStreamState(this.#state, event);
    if (isOver(this.#state)) this.#onOver();
  }

  #resetByPeer(): void {
    const met = this.#state === "opening" ? "refused the stream" : "reset the stream";
    this.#move("rstReceived");
    this.destroy(new CoalmineError("source-unavailable", `yamux stream ${this.id}: the peer ${met}`));
  }

  #settleWrite(error: Error | null): void {
    const done = this.#onWritten;
    this.#onWritten = null;
    done?.(error);
  }
}

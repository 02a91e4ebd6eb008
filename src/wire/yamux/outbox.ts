import type { Duplex } from "node:stream";
import { CoalmineError } from "../../base/errors.ts";
import { encodeHeader, type Frame, type FrameHeader } from "./frame.ts";

/** What has data to send, a frame at a time. */
export interface FrameSource {
  /** Hands its next frame to `write`; false if it has none, or none that it may send now. */
  sendNext(write: WriteFrame): boolean;
}

/** @param onWritten Called when the socket has taken the frame. */
export type WriteFrame = (frame: Frame, onWritten: () => void) => void;

/**
 * Everything that goes out of a session, in one order. Control frames go at
 * once. Data waits while the socket is full, and those that have some take
 * turns, a frame each: a large answer does not hold up a small one.
 */
export class Outbox {
  readonly #socket: Duplex;
  readonly #maxUnsentBytes: number;
  readonly #onOverflow: (error: CoalmineError) => void;
  /** Whose turn it is next comes first. */
  readonly #sources = new Set<FrameSource>();
  #isClosed = false;

  /**
   * @param options.maxUnsentBytes Control frames answer what the peer sends, so
   *   a peer that sends and does not read would fill our memory with them: over
   *   this many waiting bytes `onOverflow` hears of it.
   */
  constructor(
    socket: Duplex,
    options: { readonly maxUnsentBytes: number; readonly onOverflow: (error: CoalmineError) => void },
  ) {
    this.#socket = socket;
    this.#maxUnsentBytes = options.maxUnsentBytes;
    this.#onOverflow = options.onOverflow;
    socket.on("drain", () => this.#flush());
  }

  /** Sends a frame without payload, before all data that still waits. */
  send(header: FrameHeader): void {
    if (this.#isClosed) return;
    this.#socket.write(encodeHeader(header));
    const unsent = this.#socket.writableLength;
    if (unsent > this.#maxUnsentBytes) this.#onOverflow(overflow(unsent, this.#maxUnsentBytes));
  }

  /** Asks `source` for its frames when there is room, in turn with the others, until it has none. */
  schedule(source: FrameSource): void {
    this.#sources.add(source);
    this.#flush();
  }

  /** Nothing goes out after this. */
  close(): void {
    this.#isClosed = true;
    this.#sources.clear();
  }

  #flush(): void {
    while (!this.#isClosed && !this.#socket.writableNeedDrain) {
      const [source] = this.#sources;
      if (source === undefined) return;
      this.#sources.delete(source);
      if (source.sendNext((frame, onWritten) => this.#write(frame, onWritten))) this.#sources.add(source);
    }
  }

  #write(frame: Frame, onWritten: () => void): void {
    this.#socket.cork();
    this.#socket.write(encodeHeader(frame));
    this.#socket.write(frame.payload, (error) => {
      if (error === undefined || error === null) onWritten();
    });
    this.#socket.uncork();
  }
}

function overflow(unsentBytes: number, limit: number): CoalmineError {
  return new CoalmineError(
    "too-large",
    `yamux: at most ${limit} bytes waiting to be sent wanted, ${unsentBytes} met: the peer sends but does not read`,
  );
}

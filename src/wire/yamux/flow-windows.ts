/** Flow control of one stream: how much each end may send before the other has read (spec.md, "Flow Control"). */
import { maxUint32 } from "./frame.ts";
import { protocolViolation } from "./protocol-violation.ts";

/** What each end may send when a stream opens: part of the protocol, not a setting. */
export const initialWindowBytes = 256 * 1024;

/** What the peer may still send us. It never holds more than {@link initialWindowBytes}. */
export class ReceiveWindow {
  #openBytes = initialWindowBytes;
  #readBytes = 0;

  /**
   * Counts what came.
   *
   * @throws CoalmineError invalid-request if the peer sent more than it may.
   */
  receive(bytes: number): void {
    if (bytes > this.#openBytes) {
      throw protocolViolation(
        `at most the ${this.#openBytes} bytes that the window has open wanted, ${bytes} met`,
      );
    }
    this.#openBytes -= bytes;
  }

  /**
   * Counts what the reader took, and says how much the window is to be widened
   * by: 0 until half of it was read, so that an update goes out for every
   * 128 KiB and not for every read.
   */
  read(bytes: number): number {
    this.#readBytes += bytes;
    if (this.#readBytes < initialWindowBytes / 2) return 0;
    const delta = this.#readBytes;
    this.#openBytes += delta;
    this.#readBytes = 0;
    return delta;
  }
}

/** What we may still send to the peer. */
export class SendWindow {
  #openBytes = initialWindowBytes;

  get openBytes(): number {
    return this.#openBytes;
  }

  /** Counts what we sent, which is at most {@link openBytes}. */
  send(bytes: number): void {
    this.#openBytes -= bytes;
  }

  /**
   * Counts a window update.
   *
   * @throws CoalmineError invalid-request if the window is then larger than a length can say.
   */
  widen(delta: number): void {
    if (this.#openBytes + delta > maxUint32) {
      throw protocolViolation(
        `a window of at most ${maxUint32} bytes wanted, ${this.#openBytes} widened by ${delta} met`,
      );
    }
    this.#openBytes += delta;
  }
}

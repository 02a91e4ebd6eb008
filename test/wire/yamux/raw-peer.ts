import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import {
  decodeHeader,
  encodeHeader,
  type FrameType,
  frameFlag,
  headerBytes,
} from "../../../src/wire/yamux/frame.ts";
import { createSession, type Session } from "../../../src/wire/yamux/session.ts";
import type { SessionOptions } from "../../../src/wire/yamux/session-options.ts";
import { ManualClock } from "./manual-clock.ts";

type Flag = keyof typeof frameFlag;

/** A session of ours, and the other end of its connection as bytes. */
export interface RawPeer {
  readonly session: Session;
  readonly clock: ManualClock;
  /** The session's end of the connection. */
  readonly ours: Duplex;
  /** The peer's end. */
  readonly socket: Duplex;
  send(...chunks: readonly Uint8Array[]): void;
  /** The next frame that the session sent, as {@link said} writes it. */
  next(): Promise<string>;
  /** Ends its side of the connection and reads the other to its end. */
  hangUp(): void;
  /** All that the session sends until it has nothing more to say than the answer to a ping. */
  rest(): Promise<readonly string[]>;
}

/** A session without keepalive on a clock that stands still, unless the options say otherwise. */
export function connectRaw(options: Partial<SessionOptions> = {}): RawPeer {
  const [ours, socket] = duplexPair();
  const clock = new ManualClock();
  const session = createSession(ours, { role: "server", keepaliveIntervalMs: null, clock, ...options });
  const send = (...chunks: readonly Uint8Array[]) => {
    socket.write(Buffer.concat(chunks));
  };
  const next = () => nextFrame(socket);
  const rest = async () => {
    const met: string[] = [];
    let isQuiet = false;
    while (!isQuiet) {
      send(pingFrame(barrier));
      isQuiet = true;
      for (let frame = await next(); frame !== `ping ack ${barrier}`; frame = await next()) {
        met.push(frame);
        isQuiet = false;
      }
    }
    return met;
  };
  const hangUp = () => {
    socket.end();
    socket.resume();
  };
  return { session, clock, ours, socket, send, next, hangUp, rest };
}

/** The opaque value of the pings of {@link RawPeer.rest}. */
const barrier = 777;

/** A window update, which is also how a stream's flags go without data. */
export function updateFrame(flags: Flag | readonly Flag[], streamId: number, delta = 0): Uint8Array {
  return encodeFrame("windowUpdate", flags, streamId, delta);
}

export function dataFrame(streamId: number, payload: string | Uint8Array, flags: Flag[] = []): Uint8Array {
  const bytes = Buffer.from(payload);
  return Buffer.concat([encodeFrame("data", flags, streamId, bytes.length), bytes]);
}

export function pingFrame(value: number): Uint8Array {
  return encodeFrame("ping", "syn", 0, value);
}

export function pongFrame(value: number): Uint8Array {
  return encodeFrame("ping", "ack", 0, value);
}

export function goAwayFrameOf(reason: number): Uint8Array {
  return encodeFrame("goAway", [], 0, reason);
}

/** The next `count` bytes, or fewer at the end. */
export async function takeBytes(socket: Duplex, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(count);
    if (bytes !== null) return bytes;
    if (socket.readableEnded || socket.destroyed) return Buffer.alloc(0);
    await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
  }
}

/** `syn #1`, `data #1 hello`, `update #1 131072`, `ping ack 7`, `goAway 1`, `end`. */
async function nextFrame(socket: Duplex): Promise<string> {
  const bytes = await takeBytes(socket, headerBytes);
  if (bytes.length < headerBytes) return "end";
  const { type, flags, streamId, length } = decodeHeader(bytes);
  const names = Object.entries(frameFlag).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]));
  if (type === "goAway") return `goAway ${length}`;
  if (type === "ping") return `ping ${names.join(" ")} ${length}`;
  if (type === "data") return `data #${streamId} ${shorten(await takeBytes(socket, length))}`;
  return names.length > 0 ? `${names.join(" ")} #${streamId}` : `update #${streamId} ${length}`;
}

function shorten(payload: Buffer): string {
  return payload.length > 100 ? `${payload.length} bytes` : payload.toString();
}

function encodeFrame(type: FrameType, flags: Flag | readonly Flag[], streamId: number, length: number) {
  const bits = [flags].flat().reduce((sum, flag) => sum + frameFlag[flag], 0);
  return encodeHeader({ type, flags: bits, streamId, length });
}

/** The frame header of yamux: the one thing that both ends exchange. Layout and names are those of hashicorp/yamux's spec.md. */
import { protocolViolation } from "./protocol-violation.ts";

/** What a frame is for; the place in the list is its number on the wire (spec.md, "Type Field"). */
const frameTypes = ["data", "windowUpdate", "ping", "goAway"] as const;

export type FrameType = (typeof frameTypes)[number];

/**
 * Bits of {@link FrameHeader.flags} (spec.md, "Flag Field"). On a stream: syn
 * opens it, ack accepts it, fin says that the sender is done, rst ends it at
 * once. On a ping: syn asks, ack answers.
 */
export const frameFlag = { syn: 1, ack: 2, fin: 4, rst: 8 } as const;

/** What stands before every payload, and is the whole frame of all types but data. */
export interface FrameHeader {
  readonly type: FrameType;
  /** Several of {@link frameFlag}, added up; bits without a name are let through and mean nothing. */
  readonly flags: number;
  /** 0 is the session: pings and go-aways have it, nothing else. The client opens odd ids, the server even ones. */
  readonly streamId: number;
  /** Data: bytes that follow. Window update: bytes more that may be sent. Ping: echoed. Go-away: the reason. */
  readonly length: number;
}

/** A header and what followed it, which is empty unless the type is data. */
export interface Frame extends FrameHeader {
  readonly payload: Uint8Array;
}

/** Every header has this size. */
export const headerBytes = 12;

/** The largest value of a stream id and of a length. */
export const maxUint32 = 0xffffffff;

const version = 0;

/** Writes a header: version and type (1 byte each), flags (2), stream id and length (4 each), all big endian. */
export function encodeHeader(header: FrameHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, frameTypes.indexOf(header.type));
  view.setUint16(2, header.flags);
  view.setUint32(4, header.streamId);
  view.setUint32(8, header.length);
  return bytes;
}

/**
 * Reads the header at the front of `bytes`, which are {@link headerBytes} or more.
 *
 * @throws CoalmineError invalid-request on another version, an unknown type, or
 *   a stream id that does not go with the type.
 */
export function decodeHeader(bytes: Uint8Array): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const metVersion = view.getUint8(0);
  if (metVersion !== version) throw protocolViolation(`version ${version} wanted, ${metVersion} met`);
  const type = frameTypes[view.getUint8(1)];
  if (type === undefined) {
    throw protocolViolation(
      `a frame type from 0 to ${frameTypes.length - 1} wanted, ${view.getUint8(1)} met`,
    );
  }
  const streamId = view.getUint32(4);
  const isOfSession = type === "ping" || type === "goAway";
  if (isOfSession !== (streamId === 0)) {
    throw protocolViolation(
      `a ${type} frame is for ${isOfSession ? "the session, stream 0" : "a stream, not 0"}, stream ${streamId} met`,
    );
  }
  return { type, flags: view.getUint16(2), streamId, length: view.getUint32(8) };
}

/** Whether a frame carries the flag. */
export function hasFlag(header: FrameHeader, flag: keyof typeof frameFlag): boolean {
  return (header.flags & frameFlag[flag]) !== 0;
}

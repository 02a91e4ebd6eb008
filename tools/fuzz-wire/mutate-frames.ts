import type { Frame, FrameType } from "../../src/wire/yamux/frame.ts";
import { bytesOf } from "./corpus.ts";
import { below, mutate, oneOf } from "./mutate.ts";

type Random = () => number;

const frameTypes: readonly FrameType[] = ["data", "windowUpdate", "ping", "goAway"];
const lengths = [0, 1, 2, 3, 255, 262_143, 262_144, 262_145, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];

/**
 * The bytes of a session after changes to its frames, or to what they carry, or
 * to its bytes. Changed payloads are framed anew, so that they reach what is
 * behind the frames.
 */
export function mutateFrames(frames: readonly Frame[], random: Random): Buffer {
  const kind = random();
  if (kind < 0.3) return mutate(bytesOf(frames), [bytesOf(frames)], random);
  let changed = [...frames];
  for (let left = 1 + below(4, random); left > 0; left--)
    changed = kind < 0.65 ? withPayload(changed, random) : withFrame(changed, random);
  return bytesOf(changed);
}

/** The payload of one data frame is changed. */
function withPayload(frames: readonly Frame[], random: Random): Frame[] {
  const payloads = frames
    .filter(({ payload }) => payload.length > 0)
    .map(({ payload }) => Buffer.from(payload));
  if (payloads.length === 0) return withFrame(frames, random);
  const target = below(frames.length, random);
  return frames.map((frame, index) => {
    if (index !== target || frame.type !== "data") return frame;
    const payload = mutate(Buffer.from(frame.payload), payloads, random);
    return { ...frame, payload, length: payload.length };
  });
}

/** One frame is put in, left out, said twice, put elsewhere or changed in its header. */
function withFrame(frames: readonly Frame[], random: Random): Frame[] {
  const changed = [...frames];
  const at = below(frames.length + 1, random);
  const frame = changed[at];
  switch (below(5, random)) {
    case 0:
      changed.splice(at, 0, anyFrame(random));
      break;
    case 1:
      changed.splice(at, 1);
      break;
    case 2:
      if (frame !== undefined) changed.splice(at, 0, frame);
      break;
    case 3:
      if (frame !== undefined) changed.splice(below(frames.length, random), 0, ...changed.splice(at, 1));
      break;
    default:
      if (frame !== undefined) changed[at] = { ...anyFrame(random), payload: frame.payload };
  }
  return changed;
}

function anyFrame(random: Random): Frame {
  const type = oneOf(frameTypes, random);
  const isOfSession = type === "ping" || type === "goAway";
  const streamId = isOfSession && random() < 0.9 ? 0 : below(12, random);
  const payload = new Uint8Array(type === "data" ? below(300, random) : 0);
  const length = type === "data" && random() < 0.9 ? payload.length : oneOf(lengths, random);
  return { type, flags: below(16, random), streamId, length, payload };
}

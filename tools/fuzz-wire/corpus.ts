/** The golden bytes of the Go libraries that damaged streams are made from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHeader, type Frame } from "../../src/wire/yamux/frame.ts";
import { FrameDecoder } from "../../src/wire/yamux/frame-decoder.ts";
import { goldenNames as gobNames, readGolden as readGob } from "../../test/wire/gob/read-golden.ts";
import { readGolden as readYamux, goldenNames as yamuxNames } from "../../test/wire/yamux/read-golden.ts";

const tests = join(import.meta.dirname, "../../test/wire");
const recorded = JSON.parse(readFileSync(join(tests, "go-plugin/golden/session.json"), "utf8"));

/** What Argo Rollouts sends as the arguments of a call. */
export const argoArgs = gobNames
  .filter((name) => name.endsWith("args"))
  .map((name) => Buffer.from(readGob(name)));

/** Everything else in gob: of every kind of type, and short. */
export const gobStreams = [
  ...gobNames.map((name) => Buffer.from(readGob(name))).filter((stream) => stream.length < 4_000),
  Buffer.from(recorded.rpc.sent, "hex"),
  Buffer.from(recorded.rpc.received, "hex"),
];

/** What a net/rpc client sends. */
export const rpcCalls = [Buffer.from(recorded.rpc.sent, "hex")];

/** What a go-plugin host sends, frame by frame. */
export const hostFrames = framesIn(Buffer.from(recorded.connection.sent, "hex"));

/** What each end of a yamux session sends, by scenario; the long payloads of one scenario are left out. */
export const yamuxFrames = yamuxNames
  .flatMap((name) =>
    (["client", "server"] as const).map((from) =>
      framesIn(Buffer.concat(readYamux(name).flatMap((frame) => (frame.from === from ? [frame.bytes] : [])))),
    ),
  )
  .filter((frames) => frames.length > 0 && bytesOf(frames).length < 4_000);

/** The frames as they go over the wire. */
export function bytesOf(frames: readonly Frame[]): Buffer {
  return Buffer.concat(frames.flatMap((frame) => [encodeHeader(frame), frame.payload]));
}

function framesIn(bytes: Buffer): readonly Frame[] {
  return [...new FrameDecoder({ maxPayloadBytes: bytes.length }).push(bytes)];
}

/** What the streams of a recorded yamux connection say. */
import { GobDecoder } from "../../../src/wire/gob/gob-decoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { FrameDecoder } from "../../../src/wire/yamux/frame-decoder.ts";

/** The stream that a host opens for the plugin it dispenses first; 1, 3 and 5 are control and output. */
const pluginStream = 7;

/** The payloads of one direction, by stream; a frame that is cut short is left out. */
function payloadsOf(bytes: Uint8Array): ReadonlyMap<number, Buffer> {
  const streams = new Map<number, Buffer>();
  for (const { type, streamId, payload } of new FrameDecoder({ maxPayloadBytes: 1 << 20 }).push(bytes))
    if (type === "data")
      streams.set(streamId, Buffer.concat([streams.get(streamId) ?? Buffer.alloc(0), payload]));
  return streams;
}

/** What a plugin answered: the number it sent back for its stream, and all answers by the number of their call. */
export function answersOf(bytes: Uint8Array) {
  const streams = payloadsOf(bytes);
  const plugin = streams.get(pluginStream) ?? Buffer.alloc(0);
  return {
    control: bySeq(streams.get(1) ?? Buffer.alloc(0)),
    acknowledged: plugin.subarray(0, 4).toString("hex"),
    plugin: bySeq(plugin.subarray(4)),
  };
}

/** Header and body of each net/rpc message, by the number of the call; the same bytes whichever type numbers were used. */
export function bySeq(bytes: Uint8Array): readonly { readonly header: GobValue; readonly body: GobValue }[] {
  const values = [...new GobDecoder().push(bytes)];
  const pairs = values.flatMap((header, index) =>
    index % 2 === 0 ? [{ header, body: values[index + 1] ?? null }] : [],
  );
  return pairs.sort((a, b) => seqOf(a.header) - seqOf(b.header));
}

function seqOf(header: GobValue): number {
  return Number(Object(header).Seq ?? 0);
}

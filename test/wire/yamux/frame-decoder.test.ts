import { describe, expect, it } from "vitest";
import { encodeHeader, type Frame } from "../../../src/wire/yamux/frame.ts";
import { FrameDecoder } from "../../../src/wire/yamux/frame-decoder.ts";
import { goldenNames, readGolden } from "./read-golden.ts";

const stream = Buffer.from(
  "000100010000000100000000" + // opens stream 1
    "000000000000000100000003616263" + // abc on it
    "000000040000000100000000" + // an end without data
    "000200010000000000000009", // ping: its length is no payload
  "hex",
);

function decodeInPiecesOf(size: number): Frame[] {
  const decoder = new FrameDecoder({ maxPayloadBytes: 1_024 });
  const frames: Frame[] = [];
  for (let start = 0; start < stream.length; start += size) {
    frames.push(...decoder.push(stream.subarray(start, start + size)));
  }
  expect(decoder.isInsideFrame).toBe(false);
  return frames;
}

describe("FrameDecoder", () => {
  it("gives the same frames wherever the bytes are cut", () => {
    const whole = decodeInPiecesOf(stream.length);
    expect(whole.map(({ type, payload }) => [type, Buffer.from(payload).toString()])).toEqual([
      ["windowUpdate", ""],
      ["data", "abc"],
      ["data", ""],
      ["ping", ""],
    ]);
    for (let size = 1; size < stream.length; size++) expect(decodeInPiecesOf(size)).toEqual(whole);
  });

  it("gives the same frames for every single cut", () => {
    const whole = decodeInPiecesOf(stream.length);
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new FrameDecoder({ maxPayloadBytes: 3 });
      const frames = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      expect(frames).toEqual(whole);
    }
  });

  it("holds back a frame that is not complete, in its header and in its payload", () => {
    const decoder = new FrameDecoder({ maxPayloadBytes: 1_024 });
    expect([...decoder.push(stream.subarray(12, 23))]).toEqual([]);
    expect(decoder.isInsideFrame).toBe(true);
    expect([...decoder.push(stream.subarray(23, 24))]).toEqual([]);
    expect(decoder.isInsideFrame).toBe(true);
    expect([...decoder.push(stream.subarray(24, 27))]).toHaveLength(1);
    expect(decoder.isInsideFrame).toBe(false);
  });

  it("refuses a payload over the limit before it arrives", () => {
    const decoder = new FrameDecoder({ maxPayloadBytes: 2 });
    expect(() => [...decoder.push(stream.subarray(0, 24))]).toThrow(
      "a payload of at most 2 bytes wanted, 3 announced",
    );
  });

  it("keeps payloads apart from the chunk they came in", () => {
    const chunk = Buffer.from(stream);
    const frames = [...new FrameDecoder({ maxPayloadBytes: 3 }).push(chunk)];
    chunk.fill(0);
    expect(Buffer.from(frames[1]?.payload ?? []).toString()).toBe("abc");
  });

  it.each(goldenNames)("reads what the Go library said and writes it the same: %s", (name) => {
    for (const { from, bytes } of readGolden(name)) {
      const [frame, ...more] = new FrameDecoder({ maxPayloadBytes: 65_536 }).push(bytes);
      expect(more, from).toEqual([]);
      const written = frame && Buffer.concat([encodeHeader(frame), frame.payload]);
      expect(written?.equals(bytes), `${from} ${bytes.toString("hex", 0, 40)}`).toBe(true);
    }
  });
});

/** Our encoder and decoder against the bytes of Go's, which test/tools/wire-golden/gob wrote. */
import { describe, expect, it } from "vitest";
import { GobEncoder } from "../../../src/wire/gob/gob-encoder.ts";
import { chunksOf, decode } from "./decode.ts";
import { goldenNames, readGolden } from "./read-golden.ts";
import { sampleStreams, unlikeOurs } from "./sample-streams.ts";

const samples = Object.entries(sampleStreams);

describe("golden streams of Go", () => {
  it.each(samples)("are read: %s", (name, stream) => {
    expect(decode([readGolden(name)])).toEqual(stream.map(([, value]) => value));
  });

  it.each(samples.filter(([name]) => !unlikeOurs.includes(name)))(
    "are written to the byte: %s",
    (name, stream) => {
      const encoder = new GobEncoder();
      const written = Buffer.concat(stream.map(([type, value]) => encoder.encode(type, value)));
      expect(written.toString("hex")).toBe(Buffer.from(readGolden(name)).toString("hex"));
    },
  );

  it.each(goldenNames)("are read the same in chunks of any size: %s", (name) => {
    const stream = readGolden(name);
    const whole = decode([stream]);
    for (const size of [1, 2, 3, 7, 64, 1_000]) expect(decode(chunksOf(size, stream))).toEqual(whole);
  });

  it.each(goldenNames.filter((name) => !name.startsWith("argo")))(
    "are read the same for every single cut: %s",
    (name) => {
      const stream = readGolden(name);
      const whole = decode([stream]);
      for (let cut = 0; cut <= stream.byteLength; cut++)
        expect(decode([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
    },
  );
});

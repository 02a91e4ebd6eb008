/** Bytes of ill will: whatever comes, there is a value or an error that says why, and no more work than allowed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { GobDecoder } from "../../../src/wire/gob/gob-decoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { decode } from "./decode.ts";
import { goldenNames, readGolden } from "./read-golden.ts";

const limits = { maxMessageBytes: 65_536, maxNodes: 5_000, maxDepth: 50 };
const streams = goldenNames.map(readGolden).filter((stream) => stream.byteLength < 4_000);

/** A golden stream of which some bytes are overwritten, cut out, or said twice. */
const damaged = fc
  .tuple(
    fc.constantFrom(...streams),
    fc.array(fc.tuple(fc.nat(4_000), fc.nat(255), fc.constantFrom("set", "cut", "twice")), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([stream, changes]) => {
    const bytes = [...stream];
    for (const [place, byte, change] of changes) {
      const at = place % Math.max(1, bytes.length);
      if (change === "set") bytes[at] = byte;
      else if (change === "cut") bytes.splice(at, 1 + (byte % 8));
      else bytes.splice(at, 0, ...bytes.slice(at, at + byte));
    }
    return new Uint8Array(bytes);
  });

/** What came of a stream: its values, and the code of the error that ended it. */
function outcomeOf(stream: Uint8Array): { values: GobValue[]; code: string | undefined } {
  const values: GobValue[] = [];
  try {
    for (const value of new GobDecoder(limits).push(stream)) values.push(value);
    return { values, code: undefined };
  } catch (error) {
    return { values, code: CoalmineError.from(error).code };
  }
}

/** Values in a value, counted as the limit counts them. */
function nodesOf(value: GobValue): number {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return 1;
  const held: GobValue[] = Array.isArray(value)
    ? value
    : value instanceof Map
      ? [...value.keys(), ...value.values()]
      : Object.values(value);
  return held.reduce<number>((sum, part) => sum + nodesOf(part), 1);
}

it("reads 2,000 damaged and random streams to a value or to an error of ours, within the limits", () => {
  const met = new Map<string | undefined, number>();
  const stream = fc.oneof(
    { weight: 4, arbitrary: damaged },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  fc.assert(
    fc.property(stream, (bytes) => {
      const { values, code } = outcomeOf(bytes);
      expect([undefined, "invalid-request", "too-large"]).toContain(code);
      // A time is one value on the wire and three here; the name of an interface value is none there.
      for (const value of values) expect(nodesOf(value)).toBeLessThanOrEqual(4 * limits.maxNodes);
      met.set(code, (met.get(code) ?? 0) + 1);
    }),
    { seed: 1, numRuns: 2_000 },
  );
  // The damage is neither always fatal nor always harmless.
  expect([...met.keys()].sort()).toEqual(["invalid-request", "too-large", undefined]);
}, 300_000);

it("takes no more of an object's prototype than of any other key", () => {
  const stream = Buffer.from(readGolden("point twice"));
  stream[stream.indexOf("X")] = "x".charCodeAt(0);
  expect(() => decode([stream])).toThrow('field "x" of type Point, want an exported name');
});

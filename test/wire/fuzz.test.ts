/** A short form of `node tools/fuzz-wire.ts`. */
import { describe, expect, it } from "vitest";
import { CoalmineError } from "../../src/base/errors.ts";
import { runCase } from "../../tools/fuzz-wire/fuzz-case.ts";
import { Tally } from "../../tools/fuzz-wire/tally-cases.ts";
import type { FuzzTarget } from "../../tools/fuzz-wire/targets.ts";

it("5,000 damaged streams end in a value or a refusal, wherever they go", async () => {
  const tally = new Tally();
  for (let index = 0; index < 5_000; index++) tally.add(index, await runCase(7, index));
  expect(tally.counts.findings).toEqual([]);
  // The damage is neither always fatal nor always harmless, to any of them.
  const results = Object.keys(tally.counts.results);
  const read = results.filter((result) => result.endsWith(": read"));
  expect(read).toHaveLength(6);
  for (const result of read) expect(results).toContain(result.replace("read", "invalid-request"));
}, 300_000);

describe("a case", () => {
  const target = (feed: FuzzTarget["feed"]): readonly FuzzTarget[] => [
    { name: "sample", share: 1, damaged: (random) => Buffer.of(random() * 256), feed },
  ];

  it.each<[string, FuzzTarget["feed"], string | null]>([
    ["takes all", () => {}, null],
    ["refuses", () => Promise.reject(new CoalmineError("invalid-request", "malformed")), null],
    ["has a fault", () => Promise.reject(new TypeError("x is undefined")), "TypeError: x is undefined"],
    ["says it is its own fault", () => Promise.reject(new CoalmineError("internal", "oops")), "oops"],
  ])("is a finding where the reader %s, or not", async (_what, feed, finding) => {
    const outcome = await runCase(1, 0, target(feed));
    expect(outcome.finding).toEqual(finding === null ? null : expect.stringContaining(finding));
  });

  it("is the same for the same seed and number", async () => {
    const bytesOf = async (seed: number, index: number) => (await runCase(seed, index)).bytes.toString("hex");
    expect(await bytesOf(1, 20)).toBe(await bytesOf(1, 20));
    expect(await bytesOf(1, 20)).not.toBe(await bytesOf(2, 20));
    expect(await bytesOf(1, 20)).not.toBe(await bytesOf(1, 30));
  });
});

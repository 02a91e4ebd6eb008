import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logSign, lookSign, type SignState, startSign } from "../../../src/engine/sequential/sign-test.ts";

const seen = (blocks: readonly (boolean | null)[]): SignState =>
  blocks.reduce<SignState>(lookSign, startSign());

describe("the sign test", () => {
  it("starts at even odds, and ties leave it there", () => {
    expect(logSign(startSign())).toBeCloseTo(0, 12);
    expect(logSign(seen([null, null]))).toBeCloseTo(0, 12);
  });

  it("is the mean over its five shares of the product over blocks", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.boolean()), { maxLength: 20 }), (blocks) => {
        const products = [0.6, 0.7, 0.8, 0.9, 0.97].map((p) =>
          blocks.reduce((e, above) => e * (above === null ? 1 : above ? 2 * p : 2 * (1 - p)), 1),
        );
        const mean = products.reduce((sum, e) => sum + e, 0) / 5;
        expect(logSign(seen(blocks))).toBeCloseTo(Math.log(mean), 9);
      }),
    );
  });

  it("needs nine blocks in a row above for 100 : 1", () => {
    expect(logSign(seen(Array(8).fill(true)))).toBeLessThan(Math.log(100));
    expect(logSign(seen(Array(9).fill(true)))).toBeGreaterThan(Math.log(100));
  });

  it("expects exactly 1 of a fair coin", () => {
    const blocks = 10;
    let sum = 0;
    for (let outcome = 0; outcome < 2 ** blocks; outcome++) {
      sum += Math.exp(logSign(seen(Array.from({ length: blocks }, (_, i) => ((outcome >> i) & 1) === 1))));
    }
    expect(sum / 2 ** blocks).toBeCloseTo(1, 9);
  });

  it("stays finite after thousands of blocks", () => {
    expect(Number.isFinite(logSign({ above: 0, below: 5000 }))).toBe(true);
    expect(Number.isFinite(logSign({ above: 5000, below: 0 }))).toBe(true);
  });
});

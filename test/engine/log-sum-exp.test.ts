import { describe, expect, it } from "vitest";
import { logMeanExp, logSumExp } from "../../src/engine/log-sum-exp.ts";

describe("logSumExp", () => {
  it("adds what the logarithms stand for", () => {
    expect(logSumExp([Math.log(2), Math.log(3), Math.log(5)])).toBeCloseTo(Math.log(10), 12);
  });

  it("neither overflows nor vanishes", () => {
    expect(logSumExp([1e6, 1e6])).toBeCloseTo(1e6 + Math.log(2), 9);
    expect(logSumExp([-1e6, -1e6])).toBeCloseTo(-1e6 + Math.log(2), 9);
  });

  it("takes -Infinity as zero, and nothing as zero", () => {
    expect(logSumExp([Number.NEGATIVE_INFINITY, 1])).toBe(1);
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("logMeanExp", () => {
  it("is the logarithm of the mean", () => {
    expect(logMeanExp([Math.log(2), Math.log(4), Math.log(12)])).toBeCloseTo(Math.log(6), 12);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eBH } from "../../../src/engine/report/e-bh.ts";
import { oracleCases } from "../stats-oracle.ts";

describe("eBH", () => {
  it.each(oracleCases<{ e: number[]; alpha: number }, { rejected: number[] }>("eBH"))(
    "agrees with the reference: $id",
    ({ in: { e, alpha }, out }) => {
      expect(eBH(e, alpha)).toEqual(out.rejected);
    },
  );

  it("reports by the last rank that qualifies, not the first that does not", () => {
    // Rank 1 needs 40 and has 39, rank 2 needs 20 and has 39.
    expect(eBH([39, 39], 0.05)).toEqual([0, 1]);
  });

  it("reports none of none", () => {
    expect(eBH([], 0.05)).toEqual([]);
  });

  it("reports what it says: the k largest, with k times the k-th at least K/alpha and no larger k", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 8 }), (eValues) => {
        const reported = eBH(eValues, 0.05);
        const sorted = [...eValues].sort((a, b) => b - a);
        const qualifies = sorted.map((e, i) => (i + 1) * e >= eValues.length / 0.05);
        expect(reported.length).toBe(qualifies.lastIndexOf(true) + 1);
        const values = reported.map((index) => eValues[index]!).sort((a, b) => b - a);
        expect(values).toEqual(sorted.slice(0, reported.length));
      }),
    );
  });

  it("refuses a value that is no e-value", () => {
    expect(() => eBH([1, -1], 0.05)).toThrow(RangeError);
    expect(() => eBH([Number.NaN], 0.05)).toThrow(RangeError);
    expect(() => eBH([1], 1)).toThrow(RangeError);
  });
});

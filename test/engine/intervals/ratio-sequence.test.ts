import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RatioRow, ratioCS } from "../../../src/engine/intervals/ratio-sequence.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { ticks: RatioRow[]; alpha: number };
type Out = { lo: number; hi: number | null };

const row = fc
  .tuple(
    fc.nat(2000),
    fc.nat(20_000),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([nc, nb, c, b]): RatioRow => [nc, Math.floor(nc * c ** 4), nb, Math.floor(nb * b ** 4)]);

describe("ratioCS", () => {
  it.each(oracleCases<In, Out>("ratioCS"))(
    "agrees with the reference: $id",
    ({ in: { ticks, alpha }, out, tol }) => {
      const { low, high } = ratioCS(ticks, alpha);
      expectAgreement(low, out.lo, tol);
      expectAgreement(high, out.hi, tol);
    },
  );

  it("estimates the ratio of the rates when the split never changes", () => {
    expect(
      ratioCS(
        [
          [50, 3, 950, 6],
          [50, 1, 950, 2],
        ],
        0.05,
      ).estimate,
    ).toBeCloseTo(4 / 50 / (8 / 950), 9);
  });

  it("has no lower bound without a bad request of the canary", () => {
    const { estimate, low, high } = ratioCS([[500, 0, 9500, 50]], 0.05);
    expect(estimate).toBe(0);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.5);
  });

  it("has no estimate and no upper bound without a bad request of the baseline", () => {
    const { estimate, low, high } = ratioCS([[500, 20, 9500, 0]], 0.05);
    expect(estimate).toBeNull();
    expect(low).toBeGreaterThan(1);
    expect(high).toBeNull();
  });

  it("knows nothing without events, without rows and from rows that lack a cohort", () => {
    const unknown = { estimate: null, low: 0, high: null };
    expect(ratioCS([], 0.05)).toEqual(unknown);
    expect(ratioCS([[50, 0, 950, 0]], 0.05)).toEqual(unknown);
    expect(
      ratioCS(
        [
          [0, 0, 950, 9],
          [50, 5, 0, 0],
        ],
        0.05,
      ),
    ).toEqual(unknown);
  });

  it("holds its estimate between its ends and is never NaN, whatever the counts and their order", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const { estimate, low, high } = ratioCS(rows, 0.05);
        const reversed = ratioCS([...rows].reverse(), 0.05);
        expect(Number.isFinite(low)).toBe(true);
        expect(low).toBeLessThanOrEqual(estimate ?? high ?? low);
        expect(high ?? Number.MAX_VALUE).toBeGreaterThanOrEqual(estimate ?? low);
        expectAgreement(reversed.low, low, 1e-6);
        expectAgreement(reversed.high, high, 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it("gives the most likely ratio: no other ratio near it is likelier", () => {
    const rows: RatioRow[] = [
      [50, 3, 950, 4],
      [500, 20, 500, 2],
    ];
    const { estimate } = ratioCS(rows, 0.05);
    const likelihood = (r: number) =>
      rows.reduce(
        (sum, [nc, xc, nb, xb]) =>
          sum + xc * Math.log((r * nc) / (r * nc + nb)) + xb * Math.log(nb / (r * nc + nb)),
        0,
      );
    expect(likelihood(estimate!)).toBeGreaterThan(likelihood(estimate! * 1.001));
    expect(likelihood(estimate!)).toBeGreaterThan(likelihood(estimate! / 1.001));
  });

  it("refuses counts that are none, and an alpha of 0", () => {
    expect(() => ratioCS([[5, 6, 10, 0]], 0.05)).toThrow(RangeError);
    expect(() => ratioCS([[5, 0, 10, -1]], 0.05)).toThrow(RangeError);
    expect(() => ratioCS([], 0)).toThrow(RangeError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilson } from "../../../src/engine/intervals/wilson.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { x: number; n: number; conf: number };
type Out = { lo: number; hi: number };

describe("wilson", () => {
  it.each(oracleCases<In, Out>("wilson"))(
    "agrees with the reference: $id",
    ({ in: { x, n, conf }, out, tol }) => {
      const [low, high] = wilson(x, n, conf);
      expectAgreement(low, out.lo, tol);
      expectAgreement(high, out.hi, tol);
    },
  );

  it("knows nothing without a request", () => {
    expect(wilson(0, 0, 0.95)).toEqual([0, 1]);
  });

  it("ends exactly at 0 without a bad request and at 1 without a good one", () => {
    for (let total = 1; total <= 200; total++) {
      expect(wilson(0, total, 0.95)[0]).toBe(0);
      expect(wilson(total, total, 0.95)[1]).toBe(1);
    }
  });

  it("holds the observed rate and stays within 0 and 1", () => {
    const counts = fc.nat(1e9).chain((total) => fc.tuple(fc.nat(total), fc.constant(total)));
    fc.assert(
      fc.property(counts, fc.double({ min: 0.5, max: 0.9999, noNaN: true }), ([bad, total], confidence) => {
        fc.pre(total > 0);
        const [low, high] = wilson(bad, total, confidence);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual((bad / total) * (1 + 1e-12));
        expect(high).toBeGreaterThanOrEqual((bad / total) * (1 - 1e-12));
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    [-1, 10, 0.95],
    [11, 10, 0.95],
    [Number.NaN, 10, 0.95],
    [1, Number.POSITIVE_INFINITY, 0.95],
    [1, 10, 1],
    [1, 10, Number.NaN],
  ])("refuses %d bad of %d at confidence %d", (bad, total, confidence) => {
    expect(() => wilson(bad, total, confidence)).toThrow(RangeError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newcombe } from "../../../src/engine/intervals/newcombe.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { x1: number; n1: number; x2: number; n2: number; conf: number };
type Out = { lo: number; hi: number; diff: number };

describe("newcombe", () => {
  it.each(oracleCases<In, Out>("newcombe"))(
    "agrees with the reference: $id",
    ({ in: { x1, n1, x2, n2, conf }, out, tol }) => {
      const { estimate, low, high } = newcombe({ total: n1, bad: x1 }, { total: n2, bad: x2 }, conf);
      expectAgreement(estimate, out.diff, tol);
      expectAgreement(low, out.lo, tol);
      expectAgreement(high, out.hi, tol);
    },
  );

  it("leaves the difference open when a cohort has no request", () => {
    const open = { estimate: null, low: -1, high: 1 };
    expect(newcombe({ total: 0, bad: 0 }, { total: 50, bad: 1 }, 0.95)).toEqual(open);
    expect(newcombe({ total: 50, bad: 1 }, { total: 0, bad: 0 }, 0.95)).toEqual(open);
  });

  it("turns its sign when the cohorts change places, and stays within -1 and 1", () => {
    const counts = fc
      .integer({ min: 1, max: 1e6 })
      .chain((total) => fc.nat(total).map((bad) => ({ total, bad })));
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const there = newcombe(one, other, 0.95);
        const back = newcombe(other, one, 0.95);
        expect(there.low).toBeCloseTo(-back.high, 12);
        expect(there.high).toBeCloseTo(-back.low, 12);
        expect(there.low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(there.high).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it("refuses more bad requests than there were", () => {
    expect(() => newcombe({ total: 1, bad: 2 }, { total: 1, bad: 0 }, 0.95)).toThrow(RangeError);
    expect(() => newcombe({ total: 1, bad: 0 }, { total: 1, bad: 2 }, 0.95)).toThrow(RangeError);
  });
});

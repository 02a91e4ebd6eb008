import { describe, expect, it } from "vitest";
import { bucketQuantileCS } from "../../../src/engine/intervals/quantile-sequence.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { bounds: number[]; cum: number[]; n: number; q: number; alpha: number; tOpt: number };
type Out = { lo: number; hi: number | null };

const histogram = {
  boundaries: [0.1, 0.25, 0.5, 1],
  cumulative: [900, 940, 960, 999],
  total: 1000,
  q: 0.95,
  alpha: 0.05,
  plannedTotal: 1000,
};

describe("bucketQuantileCS", () => {
  it.each(oracleCases<In, Out>("bucketQuantileCS"))(
    "agrees with the reference: $id",
    ({ in: given, out }) => {
      const { low, high } = bucketQuantileCS({
        boundaries: given.bounds,
        cumulative: given.cum,
        total: given.n,
        q: given.q,
        alpha: given.alpha,
        plannedTotal: given.tOpt,
      });
      expectAgreement(low, out.lo);
      expectAgreement(high, out.hi);
    },
  );

  it("bounds nothing without observations", () => {
    expect(bucketQuantileCS({ ...histogram, cumulative: [0, 0, 0, 0], total: 0 })).toEqual({
      low: 0,
      high: null,
    });
  });

  it("has no upper bound when the quantile lies past the last boundary", () => {
    expect(bucketQuantileCS({ ...histogram, cumulative: [0, 0, 0, 0] })).toEqual({ low: 1, high: null });
  });

  it("narrows to the bucket that holds the quantile as observations grow", () => {
    const grown = { ...histogram, cumulative: [90_000, 94_000, 96_000, 99_900], total: 100_000 };
    expect(bucketQuantileCS(histogram)).toEqual({ low: 0.1, high: 1 });
    expect(bucketQuantileCS(grown)).toEqual({ low: 0.25, high: 0.5 });
  });

  it.each([
    { cumulative: [900, 890, 960, 999] },
    { cumulative: [900, 940, 960, 1001] },
    { cumulative: [900, 940, 960] },
    { q: 1 },
    { alpha: 0 },
    { plannedTotal: -1 },
  ])("refuses %o", (wrong) => {
    expect(() => bucketQuantileCS({ ...histogram, ...wrong })).toThrow(RangeError);
  });
});

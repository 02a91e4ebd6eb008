import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bernoulliCS } from "../../../src/engine/intervals/bernoulli-sequence.ts";
import { concentrationFor, logBetaBinomial } from "../../../src/engine/intervals/beta-binomial.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { x: number; n: number; alpha: number; tOpt: number };
type Out = { lo: number; hi: number };

describe("bernoulliCS", () => {
  /**
   * With one bad event (or one good one) the set of the definition reaches to 0
   * (to 1). The reference file has the observed rate there instead: its root
   * search started at it and met no change of sign. The next test shows the set.
   */
  const reachesTheEdge = (events: number) => events === 1;

  it.each(oracleCases<In, Out>("bernoulliCS"))(
    "agrees with the reference: $id",
    ({ in: { x, n, alpha, tOpt }, out, tol }) => {
      const [low, high] = bernoulliCS(x, n, alpha, tOpt);
      expectAgreement(low, reachesTheEdge(x) ? 0 : out.lo, tol);
      expectAgreement(high, reachesTheEdge(n - x) ? 1 : out.hi, tol);
    },
  );

  it.each(
    oracleCases<{ x: number; m: number; theta0: number; k: number }, { logE: number }>("betaBinomialE"),
  )("weighs a single rate as the reference does: $id", ({ in: { x, m, theta0, k }, out, tol }) => {
    expectAgreement(logBetaBinomial(x, m, theta0, k), out.logE, tol);
  });

  it("excludes no small rate on one event, for the evidence against it stays below 1 : 1", () => {
    const concentration = concentrationFor(100, 0.01);
    for (const p of [1e-12, 1e-6, 0.001, 0.05, 0.0999]) {
      expect(logBetaBinomial(1, 10, p, concentration)).toBeLessThan(0);
    }
    expect(bernoulliCS(1, 10, 0.01, 100)[0]).toBe(0);
    expect(bernoulliCS(9, 10, 0.01, 100)[1]).toBe(1);
  });

  it("keeps a prior to mix over when less is planned than one event takes", () => {
    expect(concentrationFor(1, 0.05)).toBe(0.001);
    expect(concentrationFor(1000, 0.05)).toBeGreaterThan(100);
  });

  it("knows nothing without a request", () => {
    expect(bernoulliCS(0, 0, 0.05, 100)).toEqual([0, 1]);
  });

  it("mirrors when good and bad change places", () => {
    const counts = fc
      .integer({ min: 1, max: 100_000 })
      .chain((total) => fc.tuple(fc.nat(total), fc.constant(total)));
    fc.assert(
      fc.property(counts, ([bad, total]) => {
        const [low, high] = bernoulliCS(bad, total, 0.05, 1000);
        const [mirroredLow, mirroredHigh] = bernoulliCS(total - bad, total, 0.05, 1000);
        expect(low).toBeCloseTo(1 - mirroredHigh, 9);
        expect(high).toBeCloseTo(1 - mirroredLow, 9);
        expect(low).toBeLessThanOrEqual(bad / total);
        expect(high).toBeGreaterThanOrEqual(bad / total);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [2, 1, 0.05, 100],
    [1, 2, 0, 100],
    [1, 2, 0.05, 0],
    [1, 2, 0.05, Number.NaN],
  ])("refuses %d of %d at alpha %d planned for %d", (bad, total, alpha, planned) => {
    expect(() => bernoulliCS(bad, total, alpha, planned)).toThrow(RangeError);
  });
});

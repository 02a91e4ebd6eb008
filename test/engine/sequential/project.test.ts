import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectBaselineRate } from "../../../src/engine/sequential/project.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { nc: number; nb: number; qc: number; qb: number; r: number; d: number };

describe("projectBaselineRate", () => {
  it.each(oracleCases<In, { pb0: number }>("project"))(
    "agrees with the reference: $id",
    ({ in: { r, d, ...given }, out, tol }) => {
      expectAgreement(projectBaselineRate({ ...given, ratio: r, points: d }), out.pb0, tol);
    },
  );

  it("is nearer to the alternative than the points beside it, on the margin's line", () => {
    const rate = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    const requests = fc.integer({ min: 1, max: 1_000_000 });
    const points = fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 0.05, noNaN: true }));
    const ratio = fc.double({ min: 0.5, max: 4, noNaN: true });
    fc.assert(
      fc.property(requests, requests, rate, rate, ratio, points, (nc, nb, qc, qb, r, d) => {
        const divergence = (a: number, b: number) => a * Math.log(a / b) - a + b;
        const distance = (p: number) => nc * divergence(qc, r * p + d) + nb * divergence(qb, p);
        const nearest = projectBaselineRate({ nc, nb, qc, qb, ratio: r, points: d });
        const rounding = 1e-9 * (nc + nb) * (qc + qb + d);
        expect(nearest).toBeGreaterThan(0);
        expect(distance(nearest)).toBeLessThanOrEqual(distance(nearest * 1.05) + rounding);
        expect(distance(nearest)).toBeLessThanOrEqual(distance(nearest / 1.05) + rounding);
      }),
    );
  });

  it("meets the condition of a nearest point to the last digits, also where roots nearly cancel", () => {
    const rate = fc.double({ min: -9, max: 0, noNaN: true }).map((exponent) => 10 ** exponent);
    const requests = fc.double({ min: 0, max: 9, noNaN: true }).map((exponent) => Math.ceil(10 ** exponent));
    fc.assert(
      fc.property(requests, requests, rate, rate, rate, (nc, nb, qc, qb, d) => {
        const pb0 = projectBaselineRate({ nc, nb, qc, qb, ratio: 2, points: d });
        const [canary, baseline] = [qc / (2 * pb0 + d), qb / pb0];
        const slope = 2 * nc * (1 - canary) + nb * (1 - baseline);
        const size = 2 * nc * (1 + canary) + nb * (1 + baseline);
        expect(Math.abs(slope)).toBeLessThanOrEqual(1e-12 * size);
      }),
      { numRuns: 1000 },
    );
  });
});

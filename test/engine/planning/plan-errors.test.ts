import { describe, expect, it } from "vitest";
import { overshoots, planErrors } from "../../../src/engine/planning/plan-errors.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type In = { rho: number; r0: number; r1: number; pb: number; alpha: number; c: number };
type Out = { kl: number; events: number; requests: number };

const plan = { canaryShare: 0.05, baselineRate: 0.001, ratio: 1.25, trueRatio: 10, alpha: 0.05 };

describe("planErrors", () => {
  it.each(oracleCases<In, Out>("planErrors"))("agrees with the reference: $id", ({ in: given, out, tol }) => {
    const { information, events, requests } = planErrors(
      {
        canaryShare: given.rho,
        baselineRate: given.pb,
        ratio: given.r0,
        trueRatio: given.r1,
        alpha: given.alpha,
      },
      given.c,
    );
    expectAgreement(information, out.kl, tol);
    expectAgreement(events, out.events, tol);
    expectAgreement(requests, out.requests, tol);
  });

  it("finds ten times of 0.1 % at a twentieth of the traffic in 8,663 requests by half, 18,297 by nine in ten", () => {
    expect(Math.round(planErrors(plan, overshoots.median).requests)).toBe(8_663);
    expect(Math.round(planErrors(plan, overshoots.p90).requests)).toBe(18_297);
  });

  it.each([
    { trueRatio: 1.25 },
    { trueRatio: Number.POSITIVE_INFINITY },
    { canaryShare: 0 },
    { canaryShare: 1 },
    { baselineRate: 0 },
    { alpha: 1 },
    { ratio: 0 },
  ])("refuses %o", (wrong) => {
    expect(() => planErrors({ ...plan, ...wrong }, overshoots.median)).toThrow(RangeError);
  });
});

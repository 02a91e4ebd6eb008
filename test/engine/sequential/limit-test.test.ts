import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betterGrid, worseGrid } from "../../../src/engine/sequential/grids.ts";
import {
  commitLimit,
  type LimitTest,
  logLimit,
  lookLimit,
  startLimit,
} from "../../../src/engine/sequential/limit-test.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

interface In {
  readonly params: { limit: number; grid: number[]; cap: number; phi: number; horizon: number };
  readonly ticks: [total: number, bad: number][][];
}

const testOf = (grid: readonly number[], limit: number): LimitTest => ({
  rule: { grid, horizon: 60, cap: 2, dispersion: 1 },
  limit,
});

const stratum = fc.nat(100_000).chain((total) => fc.nat(total).map((bad) => ({ total, bad })));

describe("the limit test", () => {
  it.each(oracleCases<In, number[][]>("limitEProcess"))(
    "agrees with the reference look by look: $id",
    ({ in: { params, ticks }, out, tol }) => {
      const { limit, grid, cap, phi, horizon } = params;
      const test: LimitTest = { rule: { grid, horizon, cap, dispersion: phi }, limit };
      let state = startLimit(test);
      for (const [k, looks] of ticks.entries()) {
        for (const [i, [total, bad]] of looks.entries()) {
          state = lookLimit(test, state, [{ total, bad }]);
          expectAgreement(logLimit(test, state), out[k]![i]!, tol);
        }
        state = commitLimit(test, state);
      }
    },
  );

  it("gains on the side that the rate lies on", () => {
    const over = [{ total: 1000, bad: 50 }];
    const under = [{ total: 1000, bad: 0 }];
    const [fail, pass] = [testOf(worseGrid, 0.01), testOf(betterGrid, 0.01)];
    expect(logLimit(fail, lookLimit(fail, startLimit(fail), over))).toBeGreaterThan(0);
    expect(logLimit(fail, lookLimit(fail, startLimit(fail), under))).toBeLessThan(0);
    expect(logLimit(pass, lookLimit(pass, startLimit(pass), over))).toBeLessThan(0);
    expect(logLimit(pass, lookLimit(pass, startLimit(pass), under))).toBeGreaterThan(0);
  });

  it("takes strata as their sum, and stays finite", () => {
    fc.assert(
      fc.property(
        fc.array(stratum, { maxLength: 5 }),
        fc.constantFrom(worseGrid, betterGrid),
        (strata, grid) => {
          const test = testOf(grid, 0.005);
          const total = strata.reduce((sum, one) => sum + one.total, 0);
          const bad = strata.reduce((sum, one) => sum + one.bad, 0);
          const split = logLimit(test, lookLimit(test, startLimit(test), strata));
          expect(Number.isFinite(split)).toBe(true);
          expect(split).toBe(logLimit(test, lookLimit(test, startLimit(test), [{ total, bad }])));
        },
      ),
    );
  });

  it.each([0, 1, -0.1, Number.NaN])("refuses a limit of %d", (limit) => {
    expect(() => startLimit(testOf(worseGrid, limit))).toThrow(RangeError);
  });

  it.each([
    { total: 1, bad: 2 },
    { total: -1, bad: 0 },
    { total: Number.NaN, bad: 0 },
  ])("refuses counts that are none: %o", (wrong) => {
    const test = testOf(worseGrid, 0.01);
    expect(() => lookLimit(test, startLimit(test), [wrong])).toThrow(RangeError);
  });
});

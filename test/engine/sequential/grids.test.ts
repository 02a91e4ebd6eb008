import { describe, expect, it } from "vitest";
import { betterGrid, geometricGrid, outageGrid, worseGrid } from "../../../src/engine/sequential/grids.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

describe("grids", () => {
  it("are the ones the reference was computed with", () => {
    const used = oracleCases<{ params: { grid: number[] } }, unknown>("limitEProcess").map(
      (one) => one.in.params.grid,
    );
    expect(new Set(used.map((grid) => grid.length))).toEqual(new Set([6, 12]));
    for (const grid of used) {
      const ours = grid.length === 12 ? worseGrid : betterGrid;
      for (const [i, point] of grid.entries()) expectAgreement(ours[i]!, point, 1e-15);
    }
  });

  it("reach for breakdowns in the outage channel", () => {
    expect(outageGrid).toEqual([1.5, 3, 6, 12, 25]);
  });

  it("rise by equal ratios from end to end", () => {
    const grid = geometricGrid(0.5, 8, 5);
    expect(grid).toHaveLength(5);
    for (const [i, expected] of [0.5, 1, 2, 4, 8].entries()) expect(grid[i]).toBeCloseTo(expected, 12);
    expect(grid[4]).toBe(8);
  });

  it.each([
    [0, 2, 3],
    [2, 1, 3],
    [1, Number.POSITIVE_INFINITY, 3],
    [1, 2, 1],
    [1, 2, 2.5],
  ])("are refused from %d to %d with %d points", (low, high, count) => {
    expect(() => geometricGrid(low, high, count)).toThrow(RangeError);
  });
});

import { describe, expect, it } from "vitest";
import { unmatchedHarm } from "../../../src/analysis/decide/unmatched.ts";

const at = { canary: 0, baseline: 0 };
const margin = { ratio: 2, points: 0.005 };
const matched = { nc: 1_000, nb: 9_000, xc: [5], xb: [45] };
const alone = (nc: number, bad: number) => ({ nc, nb: 0, xc: [bad], xb: [0] });
const harm = (...rows: Parameters<typeof unmatchedHarm>[0]) => unmatchedHarm(rows, at, margin, 1, 20);

describe("unmatchedHarm", () => {
  it("names what went wrong while the baseline had no request", () => {
    expect(harm(matched, alone(500, 60))).toEqual({ total: 500, bad: 60 });
  });

  it("is silent on requests that went as well as the pass margin asks, and on a few that did not", () => {
    expect(harm(matched, alone(500, 7))).toBeNull();
    expect(harm(matched, alone(3, 1))).toBeNull();
    expect(harm(matched)).toBeNull();
  });

  it("has nothing to say without any baseline to know the rate from", () => {
    expect(harm(alone(500, 500))).toBeNull();
  });
});

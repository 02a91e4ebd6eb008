import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pearsonDispersion } from "../../src/engine/dispersion.ts";

describe("pearsonDispersion", () => {
  it("is Pearson's X² against equal rates", () => {
    // Expected 4 and 12 of 16: (10 − 4)²/4 + (6 − 12)²/12.
    const pods = [
      { total: 100, bad: 10 },
      { total: 300, bad: 6 },
    ];
    expect(pearsonDispersion(pods)).toEqual({ chiSquare: 12, degrees: 1 });
  });

  it("is 0 where all pods fail alike", () => {
    const pods = [50, 100, 200].map((total) => ({ total, bad: total / 50 }));
    expect(pearsonDispersion(pods)).toEqual({ chiSquare: 0, degrees: 2 });
  });

  it("leaves idle pods out", () => {
    const pods = [
      { total: 100, bad: 10 },
      { total: 0, bad: 0 },
      { total: 300, bad: 6 },
    ];
    expect(pearsonDispersion(pods)).toEqual({ chiSquare: 12, degrees: 1 });
  });

  it.each([
    { why: "no pod", pods: [] },
    { why: "one pod", pods: [{ total: 10, bad: 3 }] },
    {
      why: "no bad request",
      pods: [
        { total: 10, bad: 0 },
        { total: 10, bad: 0 },
      ],
    },
  ])("tells nothing from $why", ({ pods }) => {
    expect(pearsonDispersion(pods)).toEqual({ chiSquare: 0, degrees: 0 });
  });

  it("scales with the size of batches: every event k times over gives k times X²", () => {
    const pod = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 100, max: 1000 }));
    fc.assert(
      fc.property(
        fc.array(pod, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 2, max: 5 }),
        (pods, k) => {
          const single = pearsonDispersion(pods.map(([bad, total]) => ({ bad, total })));
          const batched = pearsonDispersion(pods.map(([bad, total]) => ({ bad: bad * k, total })));
          expect(batched.chiSquare).toBeCloseTo(k * single.chiSquare, 9);
          expect(batched.degrees).toBe(single.degrees);
        },
      ),
    );
  });

  it("refuses more bad requests than there were", () => {
    expect(() => pearsonDispersion([{ total: 1, bad: 2 }])).toThrow(RangeError);
  });
});

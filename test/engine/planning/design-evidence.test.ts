import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { designInformation, limitRequestsNeeded } from "../../../src/engine/planning/design-evidence.ts";

const requests = fc.integer({ min: 1, max: 1_000_000 });
const ratio = fc.double({ min: 0.5, max: 20, noNaN: true });

describe("designInformation", () => {
  it("is the expected events times the divergence of their shares", () => {
    fc.assert(
      fc.property(requests, requests, ratio, ratio, (nc, nb, r0, r1) => {
        const share = (r: number) => (r * nc) / (r * nc + nb);
        const [t0, t1] = [share(r0), share(r1)];
        const divergence = t1 * Math.log(t1 / t0) + (1 - t1) * Math.log((1 - t1) / (1 - t0));
        const scale = (r1 * nc + nb) * 1e-9;
        expect(Math.abs(designInformation(nc, nb, r0, r1) - (r1 * nc + nb) * divergence)).toBeLessThanOrEqual(
          scale,
        );
      }),
    );
  });

  it("is 0 without a cohort and when the design is the margin itself", () => {
    expect(designInformation(0, 100, 1.25, 3)).toBe(0);
    expect(designInformation(100, 0, 1.25, 3)).toBe(0);
    expect(designInformation(0, 0, 1.25, 3)).toBe(0);
    expect(designInformation(100, 100, 1.25, 1.25)).toBe(0);
  });

  it("is never negative, however close the design is to the margin", () => {
    fc.assert(
      fc.property(
        requests,
        requests,
        ratio,
        fc.double({ min: -1e-8, max: 1e-8, noNaN: true }),
        (nc, nb, r, shift) => {
          expect(designInformation(nc, nb, r, r * (1 + shift))).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("grows in proportion to the traffic", () => {
    expect(designInformation(500, 9500, 1.25, 3)).toBeCloseTo(10 * designInformation(50, 950, 1.25, 3), 9);
  });

  it("is finite for a canary of one request in 10^15", () => {
    expect(designInformation(1, 1e15, 1.25, 3)).toBeCloseTo(3 * Math.log(3 / 1.25) - 1.75, 0);
  });

  it("refuses negative counts and ratios of 0", () => {
    expect(() => designInformation(-1, 10, 1, 3)).toThrow(RangeError);
    expect(() => designInformation(1, Number.NaN, 1, 3)).toThrow(RangeError);
    expect(() => designInformation(1, 1, 0, 3)).toThrow(RangeError);
    expect(() => designInformation(1, 1, 1, Number.NaN)).toThrow(RangeError);
  });
});

describe("limitRequestsNeeded", () => {
  it("is where the expected evidence at twice the limit is what a fail needs and 1.5 nats more", () => {
    const n = limitRequestsNeeded(0.005, Math.log(20));
    expect(n * (0.01 * Math.log(2) - 0.005)).toBeCloseTo(Math.log(20) + 1.5, 9);
  });

  it("refuses a limit of 0 or 1 and a fail that needs no evidence", () => {
    expect(() => limitRequestsNeeded(0, 3)).toThrow(RangeError);
    expect(() => limitRequestsNeeded(1, 3)).toThrow(RangeError);
    expect(() => limitRequestsNeeded(0.01, 0)).toThrow(RangeError);
  });
});

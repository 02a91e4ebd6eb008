import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GivenTick, judgeCounts } from "../../../src/analysis/run/judge-counts.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";

const spec = parseSpec({
  service: "checkout",
  telemetry: "http",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
  metrics: [{ name: "errors", kind: "errors", compare: {}, limit: "0.5%" }],
});

const counts = fc
  .tuple(fc.oneof(fc.nat(50), fc.nat(5_000_000)), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([total, share]) => ({ total, bad: Math.floor(total * share) }));
const tick: fc.Arbitrary<GivenTick> = fc.record({
  metrics: fc.record({ errors: fc.record({ canary: counts, baseline: counts }) }),
});
const judge = (ticks: readonly GivenTick[]) => judgeCounts({ id: "a", spec, startedAt: 0, ticks });

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

describe("judgeCounts", () => {
  it("never says NaN or Infinity, and keeps the score in its verdict's band", () => {
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 30 }), (ticks) => {
        const result = judge(ticks);
        expect(numbersIn(result).filter((value) => !Number.isFinite(value))).toEqual([]);
        const band = result.score >= 75 ? "pass" : result.score >= 25 ? "inconclusive" : "fail";
        expect(band).toBe(result.verdict);
      }),
      { numRuns: 200 },
    );
  });

  it("is not moved by ticks without a request but for their share of the start weights", () => {
    const busy = {
      metrics: { errors: { canary: { total: 100, bad: 4 }, baseline: { total: 900, bad: 9 } } },
    };
    const idle = { metrics: { errors: { canary: { total: 0, bad: 0 }, baseline: { total: 0, bad: 0 } } } };
    const plain = judge([busy, busy, busy]);
    const padded = judge([busy, idle, busy, idle, busy]);
    expect(padded.metrics[0]?.canary).toEqual(plain.metrics[0]?.canary);
    expect(padded.metrics[0]?.ratio).toEqual(plain.metrics[0]?.ratio);
    expect(padded.verdict).toBe(plain.verdict);
  });

  it("refuses counts that add up to more than can be counted", () => {
    const most = { total: Number.MAX_SAFE_INTEGER, bad: 1 };
    const huge = { metrics: { errors: { canary: most, baseline: most } } };
    expect(() => judge([huge, huge])).toThrow("add up to more than 2^53");
  });

  it("takes one window of counts for what it is, without the cap of a tick", () => {
    const given = (xc: number) => [
      { metrics: { errors: { canary: { total: 2_000, bad: xc }, baseline: { total: 18_000, bad: 36 } } } },
    ];
    const plain = parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: "errors", kind: "errors" }],
    });
    const verdictOf = (xc: number) =>
      judgeCounts({ id: "a", spec: plain, startedAt: 0, ticks: given(xc) }).verdict;
    expect(verdictOf(40)).toBe("fail");
    expect(verdictOf(4)).toBe("pass");
  });
});

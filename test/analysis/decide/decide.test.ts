import { describe, expect, it } from "vitest";
import { judgeCounts } from "../../../src/analysis/run/judge-counts.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";

type Counts = readonly [nc: number, xc: number, nb: number, xb: number];

/** Judges ticks of errors by a spec with these changes. */
function judge(ticks: readonly Counts[], change: Record<string, unknown> = {}) {
  const spec = parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [{ name: "errors", kind: "errors" }],
    ...change,
  });
  const given = ticks.map(([nc, xc, nb, xb]) => ({
    metrics: {
      errors: { canary: { total: nc, bad: xc }, baseline: spec.baseline && { total: nb, bad: xb } },
    },
  }));
  return judgeCounts({ id: "a", spec, startedAt: 0, ticks: given });
}

const repeat = (times: number, counts: Counts) => Array.from({ length: times }, () => counts);
const limitOnly = (limit: unknown, compare?: unknown) => ({
  metrics: [{ name: "errors", kind: "errors", limit, ...(compare === undefined ? {} : { compare }) }],
});

describe("the decision rule", () => {
  it("fails at the first look at which the weighted evidence reaches 1/α, and stays there", () => {
    const bad = repeat(4, [100, 20, 900, 5]);
    const failed = judge(bad);
    expect(failed).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    const after = judge([...bad, ...repeat(20, [1_000, 0, 9_000, 90])]);
    expect(after.decidedAt).toBe(failed.decidedAt);
    expect(after.verdict).toBe("fail");
  });

  it("needs several ticks, however bad one of them is", () => {
    const ticks = [
      [500, 500, 500, 0],
      [500, 0, 500, 0],
      [500, 0, 500, 0],
    ] satisfies Counts[];
    expect(judge(ticks, { outageChannel: false }).verdict).not.toBe("fail");
  });

  it("passes by evidence when enough requests show the pass margin is met", () => {
    expect(judge(repeat(10, [500, 2, 4_500, 20]))).toMatchObject({
      verdict: "pass",
      reason: { code: "not-worse" },
    });
  });

  it("passes a canary without errors beside a baseline without errors once the absolute margin is met", () => {
    expect(judge(repeat(10, [200, 0, 1_800, 0]))).toMatchObject({
      verdict: "pass",
      reason: { code: "not-worse" },
    });
  });

  it("passes for want of a regression only when three times the baseline would have shown", () => {
    const narrow = { metrics: [{ name: "errors", kind: "errors", compare: { passBelow: "1.3x" } }] };
    const powered = repeat(10, [300, 9, 2_700, 81]);
    expect(judge(powered, narrow)).toMatchObject({ verdict: "pass", reason: { code: "no-regression-seen" } });
    expect(judge(powered, { ...narrow, onDeadline: "inconclusive" })).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "underpowered" },
    });
    expect(judge(powered, { ...narrow, onDeadline: "fail" })).toMatchObject({
      verdict: "fail",
      reason: { code: "deadline" },
    });
  });

  it("does not pass for want of a regression when the estimate is beyond the fail margin", () => {
    const narrow = { metrics: [{ name: "errors", kind: "errors", compare: { passBelow: "1.3x" } }] };
    expect(judge(repeat(10, [300, 12, 2_700, 81]), narrow).verdict).toBe("inconclusive");
  });

  it("asks for the least number of canary requests whatever the evidence", () => {
    const result = judge(repeat(10, [90, 0, 9_000, 0]), { minCanaryRequests: 1_000 });
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "too-few-requests" } });
    expect(result.reason.text).toContain("900 canary requests");
  });

  it("passes early only when told to", () => {
    const ticks = repeat(10, [2_000, 4, 18_000, 40]);
    expect(judge(ticks).decidedAt).toBe("1970-01-01T00:10:00.000Z");
    const early = judge(ticks, { pass: "early" });
    expect(early).toMatchObject({ verdict: "pass" });
    expect(Date.parse(early.decidedAt ?? "")).toBeLessThan(600_000);
  });

  it("fails the canary's limit, and passes within it", () => {
    expect(judge(repeat(10, [1_000, 30, 9_000, 20]), limitOnly("0.5%"))).toMatchObject({
      verdict: "fail",
      reason: { code: "over-limit" },
    });
    expect(judge(repeat(10, [2_000, 2, 9_000, 20]), limitOnly("0.5%"))).toMatchObject({ verdict: "pass" });
  });

  it("does not hold a limit against a canary while the baseline breaks it too", () => {
    const both = repeat(10, [1_000, 8, 9_000, 72]);
    expect(judge(both, limitOnly("0.5%"))).toMatchObject({
      verdict: "inconclusive",
      reason: { code: "baseline-over-limit" },
    });
    expect(judge(both, limitOnly({ atMost: "0.5%", absolute: true }))).toMatchObject({
      verdict: "fail",
      reason: { code: "over-limit" },
    });
  });

  it("judges limits alone without a baseline, and says so", () => {
    const alone = { cohorts: { canary: { version: "v2" } }, ...limitOnly("0.5%") };
    const result = judge(repeat(10, [2_000, 2, 0, 0]), alone);
    expect(result).toMatchObject({ verdict: "pass", reason: { code: "within-limit" } });
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: "limits-only" }));
    expect(result.metrics[0]).toMatchObject({ baseline: null, ratio: null, difference: null });
  });

  it("fails on evidence that no metric has alone", () => {
    const spec = {
      metrics: [
        { name: "errors", kind: "errors" },
        { name: "refunds", kind: "ratio", bad: "refunds_failed_total", total: "refunds_total" },
      ],
      outageChannel: false,
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      service: "checkout",
      telemetry: "http",
    };
    const counts = { canary: { total: 25, bad: 1 }, baseline: { total: 225, bad: 2 } };
    const ticks = Array.from({ length: 200 }, () => ({ metrics: { errors: counts, refunds: counts } }));
    const result = judgeCounts({ id: "a", spec: parseSpec(spec), startedAt: 0, ticks });
    const seen = String.raw`canary 4\.0 % \([\d,]+ of [\d,]+\), baseline 0\.89 % \([\d,]+ of [\d,]+\), 4\.5×, evidence \d+ : 1`;
    expect(result).toMatchObject({
      verdict: "fail",
      reason: {
        code: "combined-evidence",
        text: expect.stringMatching(
          new RegExp(
            `^no metric alone, but together: evidence \\d+ : 1, needs 20 : 1; errors: ${seen}; refunds: ${seen}$`,
          ),
        ),
      },
    });
  });

  it("never counts a metric that does not gate", () => {
    const spec = parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [
        { name: "errors", kind: "errors" },
        { name: "refunds", kind: "ratio", bad: "bad_total", total: "all_total", gate: false },
      ],
    });
    const fine = { canary: { total: 2_000, bad: 4 }, baseline: { total: 18_000, bad: 40 } };
    const awful = { canary: { total: 500, bad: 400 }, baseline: { total: 500, bad: 0 } };
    const ticks = Array.from({ length: 10 }, () => ({ metrics: { errors: fine, refunds: awful } }));
    const result = judgeCounts({ id: "a", spec, startedAt: 0, ticks });
    expect(result).toMatchObject({ verdict: "pass" });
    expect(result.metrics[1]).toMatchObject({ verdict: "fail", gate: false });
  });

  it("keeps the score in the band of its verdict and lower with more evidence of harm", () => {
    const scores = [1, 2, 3].map((errors) => judge(repeat(3, [100, errors * 3, 900, 9])).score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(judge(repeat(10, [500, 2, 4_500, 20])).score).toBeGreaterThanOrEqual(75);
    expect(judge(repeat(9, [500, 100, 4_500, 20])).score).toBeLessThan(25);
  });

  it.each([
    ["a tick without the metric", [{ metrics: {} }], "lacks errors"],
    [
      "more bad than total",
      [{ metrics: { errors: { canary: { total: 1, bad: 2 }, baseline: { total: 1, bad: 0 } } } }],
      "0 <= bad <= total",
    ],
    ["no tick", [], "at least one tick"],
  ])("refuses %s", (_, ticks, message) => {
    const spec = parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: "errors", kind: "errors" }],
    });
    expect(() => judgeCounts({ id: "a", spec, startedAt: 0, ticks })).toThrow(message);
  });
});

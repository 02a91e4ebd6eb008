import { expect, it } from "vitest";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { hasOutageChannel, questionsOf, shareOut } from "../../src/analysis/weights.ts";

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
const spec = (input: object) =>
  parseSpec({ service: "a", telemetry: "istio", cohorts, duration: "5h", ...input });

it("gives a tenth to the outage channel and the rest to the gating metrics by weight", () => {
  const metrics = [
    { kind: "errors", weight: 2, limit: "1%", compare: {} },
    { kind: "latency" },
    { kind: "gauge", query: "heap" },
    { kind: "condition", query: "up == 0" },
  ];
  const shares = shareOut(spec({ metrics }));
  expect(shares.outage).toBe(0.1);
  expect(shares.metrics).toEqual([expect.closeTo(0.6), expect.closeTo(0.3), 0, 0]);
  expect(shares.questions).toEqual([
    [expect.closeTo(0.3), expect.closeTo(0.3)],
    [expect.closeTo(0.3)],
    [0],
    [],
  ]);
});

it("gives all to the metrics where nothing is watched for an outage", () => {
  const latencyOnly = { metrics: [{ kind: "latency" }] };
  const notGating = { metrics: [{ kind: "errors", gate: false }, { kind: "latency" }] };
  const limitsOnly = { cohorts: { canary: cohorts.canary }, metrics: [{ kind: "errors", limit: "1%" }] };
  for (const input of [latencyOnly, notGating, limitsOnly, { outageChannel: false }]) {
    const shares = shareOut(spec(input));
    expect(hasOutageChannel(spec(input))).toBe(false);
    expect(shares.outage).toBe(0);
    expect(shares.metrics.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  }
});

it("gives nothing where nothing is tested", () => {
  const metrics = [{ kind: "condition", query: "up == 0" }];
  expect(shareOut(spec({ metrics }))).toEqual({ outage: 0, metrics: [0], questions: [[]] });
});

it("asks compare, limit and slower in this order", () => {
  const metrics = [{ kind: "latency", quantile: 0.9, slower: 2, limit: 1, compare: {} }];
  expect(spec({ metrics }).metrics.map(questionsOf)).toEqual([["compare", "limit", "slower"]]);
});

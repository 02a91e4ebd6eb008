import fc from "fast-check";
import { expect, it } from "vitest";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { writeSpec } from "../../../src/analysis/spec/write-spec.ts";

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };

it("writes in the words of the spec file", () => {
  const spec = parseSpec({
    service: "checkout",
    telemetry: { preset: "istio", reporter: "source" },
    cohorts,
    source: ["a", "b"],
    metrics: [
      { kind: "latency", quantile: 0.99, limit: 0.25, compare: {} },
      { kind: "errors", limit: { atMost: 0.005, absolute: true } },
    ],
    budget: { falseAlarm: 0.01 },
  });
  expect(writeSpec(spec)).toMatchObject({
    apiVersion: "coalmine/v1",
    kind: "Analysis",
    telemetry: { preset: "istio", reporter: "source" },
    source: ["a", "b"],
    metrics: [
      { name: "latency", limit: "250ms", compare: { failAbove: "1.25x", passBelow: "2x + 0.5pp" } },
      { name: "errors", limit: { atMost: "0.5%", absolute: true } },
    ],
    duration: "10m",
    tick: "1m",
    budget: { falseAlarm: "1%", falsePass: "5%" },
  });
});

const fraction = fc.double({ min: 1e-9, max: 0.5, noNaN: true, minExcluded: true });
const rate = fc.oneof(
  fraction,
  fc.integer({ min: 1, max: 9999 }).map((basisPoints) => `${basisPoints / 100}%`),
);
const ratio = fc.double({ min: 1, max: 100, noNaN: true });
const margin = fc.oneof(
  ratio,
  fc
    .tuple(ratio, fc.double({ min: 0, max: 99, noNaN: true }))
    .map(([times, points]) => `${times}x + ${points.toFixed(12)}pp`),
);
const optional = { requiredKeys: ["kind" as const] };
const compare = fc.record({ failAbove: margin, passBelow: margin }, { requiredKeys: [] });
const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== "");
const base = {
  weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
  gate: fc.oneof(fc.boolean(), fc.constantFrom("true", "false")),
  canarySelector: fc.constant('a="b"'),
};
const latencyLimit = fc.oneof(
  fc.double({ min: 1e-6, max: 1000, noNaN: true }),
  fc.constantFrom("500ms", "1.5s", "0.25ms"),
);
const metric = fc.oneof(
  fc.record({ kind: fc.constant("errors"), ...base, compare, limit: rate }, optional),
  fc.record(
    {
      kind: fc.constant("ratio"),
      bad: fc.constant("b"),
      total: fc.constant("t"),
      ...base,
      compare,
      limit: rate,
    },
    { requiredKeys: ["kind", "bad", "total"] },
  ),
  fc.record(
    {
      kind: fc.constant("latency"),
      quantile: fraction,
      ...base,
      compare,
      limit: latencyLimit,
      slower: ratio,
    },
    { requiredKeys: ["kind", "quantile"] },
  ),
  fc.record(
    {
      kind: fc.constant("gauge"),
      query: fc.constant("heap"),
      ...base,
      aggregate: fc.constantFrom("mean", "max", "min", "sum"),
      failAbove: fc.double({ min: 0.001, max: 100, noNaN: true }),
      passBelow: ratio,
    },
    { requiredKeys: ["kind", "query"] },
  ),
  fc.record(
    { kind: fc.constant("condition"), query: fc.constant("up == 0"), for: fc.nat(5_000) },
    { requiredKeys: ["kind", "query"] },
  ),
);
const spec = fc.record(
  {
    service: name,
    telemetry: fc.constantFrom("istio", "http", { preset: "http", statusLabel: "code" }),
    cohorts: fc.constant(cohorts),
    namespace: name,
    source: fc.oneof(name, fc.uniqueArray(name, { minLength: 1, maxLength: 3 })),
    metrics: fc
      .array(metric, { minLength: 0, maxLength: 4 })
      .map((metrics) =>
        [{ kind: "errors" }, ...metrics].map((each, index) => ({ ...each, name: `m${index}` })),
      ),
    interval: fc.integer({ min: 1, max: 15 }),
    tick: fc.integer({ min: 15, max: 200 }),
    warmup: fc.double({ min: 0, max: 200, noNaN: true }),
    duration: fc.constant("25d"),
    budget: fc.record({ falseAlarm: fraction, falsePass: fraction }, { requiredKeys: [] }),
    pass: fc.constantFrom("atEnd", "early"),
    onDeadline: fc.constantFrom("passIfPowered", "inconclusive", "fail"),
    minCanaryRequests: fc.nat(1_000_000),
    dispersion: fc.oneof(fc.constant("auto"), fc.double({ min: 1, max: 50, noNaN: true })),
    evidenceCap: fc.double({ min: 0.5, max: 10, noNaN: true }),
    outageChannel: fc.boolean(),
  },
  { requiredKeys: ["service", "telemetry", "cohorts", "duration"] },
);

it("is read back as the same spec, to the last bit", () => {
  fc.assert(
    fc.property(spec, (input) => {
      const parsed = parseSpec(input);
      expect(parseSpec(writeSpec(parsed))).toEqual(parsed);
      expect(parseSpec(JSON.parse(JSON.stringify(writeSpec(parsed))))).toEqual(parsed);
    }),
  );
});

import { expect, test } from "vitest";
import { applyFlags } from "../../../src/adapters/cli/apply-flags.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

function problemsOf(flags: Parameters<typeof applyFlags>[1]): readonly string[] {
  try {
    applyFlags({}, flags);
  } catch (error) {
    return CoalmineError.from(error).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test("no flags leave the document as it is", () => {
  const document = { service: "a", cohorts: { canary: { version: "v2" } }, metrics: [{ kind: "errors" }] };
  expect(applyFlags(document, {})).toEqual(document);
});

test("flags alone make a whole spec", () => {
  const flags = {
    service: "checkout",
    namespace: "shop",
    telemetry: "istio",
    canary: "version=v2,workload=checkout-v2",
    baseline: "version=v1",
    duration: "10m",
    threshold: "99.5",
    maxLatency: ["p99=500ms", "p95=200ms"],
  };
  expect(applyFlags({}, flags)).toEqual({
    service: "checkout",
    namespace: "shop",
    telemetry: "istio",
    duration: "10m",
    cohorts: { canary: { version: "v2", workload: "checkout-v2" }, baseline: { version: "v1" } },
    metrics: [
      { name: "errors", kind: "errors", compare: {}, limit: "0.5%" },
      { name: "p99", kind: "latency", quantile: 0.99, compare: {}, limit: "500ms" },
      { name: "p95", kind: "latency", quantile: 0.95, compare: {}, limit: "200ms" },
    ],
  });
});

test("a threshold alone keeps the latency that a spec without metrics judges", () => {
  const flags = { canary: "version=v2", baseline: "version=v1", threshold: "99.9%" };
  expect(applyFlags({}, flags)).toMatchObject({
    metrics: [
      { name: "errors", kind: "errors", limit: "0.1%", compare: {} },
      { name: "latency", kind: "latency", compare: {} },
    ],
  });
});

test("without a baseline nothing is compared", () => {
  expect(applyFlags({ cohorts: { canary: { version: "v2" } } }, { threshold: "99" })).toMatchObject({
    metrics: [{ name: "errors", kind: "errors", limit: "1%" }],
  });
});

test("flags win over the file, cohort by cohort and limit by limit", () => {
  const document = {
    service: "old",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [
      { name: "mine", kind: "errors", limit: { atMost: "2%", absolute: true }, weight: 2 },
      { name: "slow", kind: "latency", quantile: "0.99", limit: "1s" },
    ],
  };
  const flags = {
    service: "new",
    canary: "version=v3",
    threshold: "99.5",
    maxLatency: ["p99=500ms", "p50=50ms"],
  };
  expect(applyFlags(document, flags)).toEqual({
    service: "new",
    cohorts: { canary: { version: "v3" }, baseline: { version: "v1" } },
    metrics: [
      { name: "mine", kind: "errors", limit: { atMost: "0.5%", absolute: true }, weight: 2 },
      { name: "slow", kind: "latency", quantile: "0.99", limit: "500ms" },
      { name: "p50", kind: "latency", quantile: 0.5, compare: {}, limit: "50ms" },
    ],
  });
});

test("what is wrong with the document is left to the parser", () => {
  expect(applyFlags("text", { service: "a" })).toBe("text");
  expect(applyFlags({ metrics: "text" }, { threshold: "99" })).toEqual({ metrics: "text" });
  expect(applyFlags({ cohorts: "text" }, {})).toEqual({ cohorts: "text" });
});

test("a selector runs to the end, commas and all", () => {
  expect(applyFlags({}, { canary: 'hash=abc,selector=zone!="b",version=~"v2|v3"' })).toEqual({
    cohorts: { canary: { hash: "abc", selector: 'zone!="b",version=~"v2|v3"' } },
  });
});

test("every flag that does not read is told at once", () => {
  expect(
    problemsOf({ canary: "v2", baseline: "", threshold: "0.0", maxLatency: ["500ms", "p0=1s"] }),
  ).toEqual([
    '--canary: wanted each field once, as field=value[,field=value…], for instance version=v2, met "v2"',
    "--baseline: wanted field=value, for instance version=v2, met nothing",
    '--threshold: wanted a percentage of requests that must succeed, for instance 99.5, met "0.0"',
    '--max-latency: wanted a percentile and a duration, for instance p99=500ms, met "500ms"',
    '--max-latency: wanted a percentile and a duration, for instance p99=500ms, met "p0=1s"',
  ]);
});

test("a field that is given twice is refused", () => {
  expect(problemsOf({ canary: "version=v2,version=v3" })).toHaveLength(1);
});

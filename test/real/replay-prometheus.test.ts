/** Past windows of a real Prometheus, judged with the product's defaults: the verdict, when it came, and the counts to the last request. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SampleSource, Series } from "../../src/analysis/ports.ts";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import type { PrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { sourceOf } from "../support/synthetic-service.ts";
import { judgePast, sourceAt } from "./judge-real.ts";
import { baseline, blocksOf, canary, pastService, startedAt, truthOf } from "./past-services.ts";

const tenTimesFrom = (onset: number) => (second: number) => (second < onset ? 0.005 : 0.05);
const twiceAsSlow = { latency: 0.08 };

/** By the `service` label. */
const cases: Readonly<Record<string, readonly Series[]>> = {
  identical: pastService("identical", [baseline, canary()]),
  "long-identical": pastService("long-identical", [baseline, canary()], { seconds: 2_400 }),
  "ten-times-errors": pastService("ten-times-errors", [baseline, canary({ errorRate: 0.05 })]),
  "errors-from-minute-8": pastService(
    "errors-from-minute-8",
    [baseline, canary({ errorRate: tenTimesFrom(480) })],
    {
      seconds: 1_500,
    },
  ),
  "errors-in-a-new-pod": pastService("errors-in-a-new-pod", [
    baseline,
    canary({ errorRate: 0.05, bornAt: -5 }),
  ]),
  "twice-as-slow": pastService("twice-as-slow", [baseline, canary(twiceAsSlow)]),
  "restarted-canary": pastService("restarted-canary", [baseline, canary({ restartAt: 327 })], { seed: 3 }),
  "restarted-baseline": pastService("restarted-baseline", [{ ...baseline, restartAt: 218 }, canary()], {
    seed: 4,
  }),
  "first-error": pastService("first-error", [
    baseline,
    canary({ errorRate: (second) => (second < 200 ? 0 : 0.004) }),
  ]),
  "no-traffic": pastService("no-traffic", [
    baseline,
    canary({ requestsPerSecond: (second) => (second < -60 ? 5 : 0) }),
  ]),
  "no-canary": pastService("no-canary", [baseline]),
  "no-baseline": pastService("no-baseline", [canary()]),
  nan: withValue(pastService("nan", [baseline, canary()]), 300, () => Number.NaN),
  "nan-throughout": withNan(pastService("nan-throughout", [baseline, canary()])),
  dip: withValue(pastService("dip", [baseline, canary()]), 300, (value) => Math.floor(value * 0.97)),
  "same-error-again": sameErrorAgain("same-error-again"),
};

let prometheus: RunningPrometheus;
let source: PrometheusSource;

beforeAll(async () => {
  prometheus = await startPrometheus({ blocksFrom: blocksOf(Object.values(cases).flat()) });
  source = sourceAt(prometheus.url);
});

afterAll(async () => {
  await source.close();
  await prometheus.stop();
});

describe("replay over a real Prometheus", () => {
  it("passes a canary that is as good as the baseline, at the end, and counts every request of both", async () => {
    const result = await judged("identical");
    expect(result).toMatchObject({ verdict: "pass", phase: "done", ticks: 10, warnings: [] });
    expect(minutesTo(result)).toBe(10);
    expectExact(result, "identical");
  });

  it("passes it over 40 minutes too", async () => {
    const result = await judged("long-identical", { duration: "40m" });
    expect(result).toMatchObject({ verdict: "pass", ticks: 40 });
    expectExact(result, "long-identical", 40);
  });

  it("fails ten times the errors within three minutes", async () => {
    const result = await judged("ten-times-errors");
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(result.reason.text).toMatch(/^errors: /);
    expect(minutesTo(result)).toBeLessThanOrEqual(3);
  });

  it("fails them within four minutes of the moment they begin in the middle of the run", async () => {
    const result = await judged("errors-from-minute-8", { duration: "25m" });
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(minutesTo(result)).toBeGreaterThan(8);
    expect(minutesTo(result)).toBeLessThanOrEqual(12);
  });

  it("fails them within three minutes after the warm-up where the pods are new", async () => {
    const result = await judged("errors-in-a-new-pod");
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(minutesTo(result)).toBeGreaterThan(3);
    expect(minutesTo(result)).toBeLessThanOrEqual(6);
  });

  it("fails twice the p99 by the latency metric within three minutes", async () => {
    const metrics = [
      { name: "errors", kind: "errors" },
      { name: "p99", kind: "latency", quantile: 0.99 },
    ];
    const result = await judged("twice-as-slow", { metrics });
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(result.reason.text).toMatch(/^p99: /);
    expect(metricOf(result, "p99")).toMatchObject({ verdict: "fail", regressed: true });
    expect(metricOf(result, "errors").regressed).toBe(false);
    expect(minutesTo(result)).toBeLessThanOrEqual(3);
  });

  it.each([
    ["restarted-canary", { canary: 327 }],
    ["restarted-baseline", { baseline: 218 }],
  ])("counts each request once through a restart: %s", async (service, restarts) => {
    const result = await judged(service);
    expect(result.verdict).toBe("pass");
    expectExact(result, service, 10, restarts);
  });

  it("counts an error that shows the same number after a restart as before it", async () => {
    const result = await judged("same-error-again");
    const truth = truthOf(cases["same-error-again"] ?? [], "v2", 10, 300);
    expect(truth.bad).toBe(1);
    expect(metricOf(result, "errors").canary).toMatchObject(truth);
  });

  it("counts the first error, which is born with its series at 1", async () => {
    const born = cases["first-error"]?.find(
      ({ labels }) => labels["version"] === "v2" && labels["status"] === "500",
    );
    expect(born?.values[0]).toBe(1);
    const result = await judged("first-error");
    expect(result.verdict).toBe("pass");
    expectExact(result, "first-error");
  });

  it("is inconclusive when the canary has series and no traffic", async () => {
    const result = await judged("no-traffic");
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result.reason.text).toContain("never move");
  });

  it("is inconclusive when there is no such series, and names the selector", async () => {
    const result = await judged("no-canary");
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result.reason.text).toContain('http_requests_total{service="no-canary",version="v2"}');
    expect(result.warnings.map(({ code }) => code)).toContain("no-series");
  });

  it("is inconclusive when the baseline has no series, and names the selector", async () => {
    const result = await judged("no-baseline");
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-baseline-data" } });
    expect(result.reason.text).toContain('http_requests_total{service="no-baseline",version="v1"}');
  });

  it("refuses cohorts that share a series", async () => {
    const cohorts = { canary: { selector: 'pod=~".+"' }, baseline: { version: "v1" } };
    await expect(judged("identical", { cohorts })).rejects.toMatchObject({
      code: "invalid-spec",
      message: expect.stringContaining("canary and baseline overlap"),
    });
  });

  it("drops the look of a NaN, and says so", async () => {
    const result = await judged("nan");
    expect(result.verdict).toBe("pass");
    expect(result.warnings).toEqual([
      { code: "bad-data", text: "pod nan-checkout-v2-0: http_requests_total is not a count" },
    ]);
    const truth = truthOf(cases["identical"] ?? [], "v2", 10);
    const counted = metricOf(result, "errors").canary?.total ?? 0;
    // One look holds a scrape of each pod: 15 s of 10 requests a second.
    expect(counted).toBeLessThan(truth.total);
    expect(counted).toBeGreaterThanOrEqual(truth.total - 2 * 150);
  });

  it("passes nothing on counters that are NaN throughout", async () => {
    const result = await judged("nan-throughout");
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result.warnings.map(({ code }) => code)).toContain("bad-data");
  });

  it("counts nothing twice when a counter goes back a little, and says so", async () => {
    const result = await judged("dip");
    expect(result.verdict).toBe("pass");
    expect(result.warnings.map(({ code }) => code)).toEqual(["non-monotonic"]);
    const counted = metricOf(result, "errors").canary;
    expect(counted).toMatchObject(truthOf(cases["identical"] ?? [], "v2", 10));
  });

  it.each(Object.keys(cases))(
    "finds of %s what it finds with the same samples in memory",
    async (service) => {
      const inMemory = await judged(service, {}, sourceOf(cases[service] ?? []));
      expect(await judged(service)).toEqual(inMemory);
    },
  );
});

function judged(
  service: string,
  change: Readonly<Record<string, unknown>> = {},
  from: SampleSource = source,
): Promise<AnalysisResult> {
  const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
  return judgePast(from, { service, telemetry: "http", cohorts, ...change }, startedAt);
}

function expectExact(
  result: AnalysisResult,
  service: string,
  minutes = 10,
  restarts: { readonly canary?: number; readonly baseline?: number } = {},
): void {
  const series = cases[service] ?? [];
  const truth = {
    canary: truthOf(series, "v2", minutes, restarts.canary),
    baseline: truthOf(series, "v1", minutes, restarts.baseline),
  };
  expect(metricOf(result, "errors")).toMatchObject(truth);
  // Every request is one of the histogram's too.
  const latency = metricOf(result, "latency");
  expect(latency.canary?.total).toBe(truth.canary.total);
  expect(latency.baseline?.total).toBe(truth.baseline.total);
}

function metricOf(result: AnalysisResult, name: string) {
  const metric = result.metrics.find((one) => one.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
}

function minutesTo(result: AnalysisResult): number {
  return (Date.parse(result.decidedAt ?? "") - startedAt) / 60_000;
}

/** The canary's first request counter shows something else at one scrape, whose second is a multiple of 15. */
function withValue(
  series: readonly Series[],
  second: number,
  change: (value: number) => number,
): readonly Series[] {
  const at = startedAt + second * 1_000;
  const isMeant = ({ labels }: Series) =>
    labels["status"] === "200" && labels["pod"]?.endsWith("v2-0") === true;
  return series.map((one) =>
    isMeant(one)
      ? { ...one, values: one.values.map((value, i) => (one.times[i] === at ? change(value) : value)) }
      : one,
  );
}

/** The canary's counters and buckets are NaN. */
function withNan(series: readonly Series[]): readonly Series[] {
  return series.map((one) =>
    one.labels["version"] === "v2" ? { ...one, values: one.values.map(() => Number.NaN) } : one,
  );
}

/**
 * The canary's only pod has one error, restarts at second 300 and has one error
 * again a minute later: its error series shows 1, nothing, and 1.
 */
function sameErrorAgain(service: string): readonly Series[] {
  const always = pastService(service, [baseline, canary({ pods: 1, errorRate: 0, restartAt: 300 })]);
  const pod = { service, version: "v2", pod: `${service}-checkout-v2-0` };
  const seconds = Array.from({ length: 60 }, (_, i) => -180 + i * 15);
  const shown = seconds.filter((second) => second < 300 || second >= 360);
  const errors: Series = {
    labels: { __name__: "http_requests_total", ...pod, status: "500" },
    times: shown.map((second) => startedAt + second * 1_000),
    values: shown.map(() => 1),
  };
  return [...always, errors];
}

/** Envoy splits live load 90 to 10 between two services; Prometheus scrapes Envoy; the preset `envoy` judges. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startLoad } from "../../src/adapters/cli/demo/demo-load.ts";
import {
  type DemoBehaviour,
  type DemoService,
  startDemoService,
} from "../../src/adapters/cli/demo/demo-service.ts";
import type { MetricResult } from "../../src/analysis/result.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import type { PrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";
import { type RunningEnvoy, startEnvoy } from "../servers/start-envoy.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { seeded } from "../support/seeded.ts";
import { expectFailedOn } from "./failed-on.ts";
import { judgeNow, sourceAt } from "./judge-real.ts";
import { bad, good, metricsOfAMinute } from "./live-services.ts";

/** In the reverse order of their start. */
const cleanups: (() => Promise<void>)[] = [];
let cart: Rollout;
let source: PrometheusSource;

beforeAll(async () => {
  const checkout = await startRollout("checkout", good);
  cart = await startRollout("cart", bad);
  const rollouts = [checkout, cart];
  const targets = rollouts.map(({ envoy }) => ({ url: envoy.url, share: 1 }));
  const load = startLoad({ targets, requestsPerSecond: 400, random: seeded(5) });
  cleanups.push(() => load.stop());
  const scrapeConfigs = rollouts.map(({ name, envoy }) => ({
    job_name: name,
    scrape_interval: "1s",
    scrape_timeout: "1s",
    metrics_path: envoy.metrics.path,
    static_configs: [{ targets: [envoy.metrics.target] }],
  }));
  const prometheus: RunningPrometheus = await startPrometheus({ scrapeConfigs });
  cleanups.push(prometheus.stop);
  source = sourceAt(prometheus.url);
  cleanups.push(() => source.close());
  // Past their warm-up, so that all that comes after is counted.
  const isKnown = async (cluster: string) =>
    (await histogramCounts(cluster, Date.now() - 60_000, Date.now() - 7_000)).length > 0;
  await vi.waitUntil(async () => (await isKnown("checkout-canary")) && (await isKnown("cart-canary")), {
    timeout: 60_000,
    interval: 500,
  });
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

describe("the preset envoy on a real Envoy", () => {
  it("passes a good canary and fails one with 25 times the errors", async () => {
    const [passing, failing] = await Promise.all([judged("checkout"), judged("cart")]);
    const passed = passing.at(-1)?.result;
    expect(passed).toMatchObject({ verdict: "pass", phase: "done" });
    expect(passed?.metrics.map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
    const [errors] = passed?.metrics ?? [];
    const share =
      (errors?.canary?.total ?? 0) / ((errors?.canary?.total ?? 0) + (errors?.baseline?.total ?? 0));
    // Binomial of 9,000 or more requests: outside with a probability below 1e-9.
    expect(Math.abs(share - 0.1)).toBeLessThan(0.02);
    await expectHistogramsOwnCounts(passing);

    expectFailedOn("errors", failing.at(-1)?.result);
  });

  it("fails a canary twice as slow by Envoy's own histogram, in milliseconds", async () => {
    cart.canary.set({ ...good, latencyMs: { median: 40, sigma: 0.5 } });
    const failed = (await judged("cart")).at(-1)?.result;
    expectFailedOn("latency", failed);
    const latency = failed?.metrics.find(({ kind }) => kind === "latency");
    expect(latency?.counts).toMatch(/^slower than \d+ ms$/);
  });
});

/**
 * Envoy's counters move with each request, its histograms every 5 s: a latency
 * total taken from the counters would be another at most looks.
 */
async function expectHistogramsOwnCounts(steps: readonly AnalysisStep[]): Promise<void> {
  const first = Date.parse(steps[0]?.result.startedAt ?? "");
  const end = Date.parse(steps.at(-1)?.look.at ?? "");
  for (const cohort of ["canary", "baseline"] as const) {
    const counts = await histogramCounts(`checkout-${cohort}`, first - 10_000, end);
    const before = counts.findLast(({ time }) => time <= first)?.value ?? 0;
    const possible = new Set([0, ...counts.map(({ value }) => value - before)]);
    const totals = steps.map(({ result }) => totalOf(result.metrics, "latency", cohort));
    expect(totals.filter((total) => !possible.has(total))).toEqual([]);
    const requests = steps.map(({ result }) => totalOf(result.metrics, "errors", cohort));
    expect(totals).not.toEqual(requests);
    // All of it was counted in the end, but for what a last flush may have added.
    const flushed = counts.filter(({ time }) => time <= end - 6_000).at(-1)?.value ?? 0;
    expect(totals.at(-1)).toBeGreaterThanOrEqual(flushed - before);
  }
}

function totalOf(metrics: readonly MetricResult[], name: string, cohort: "canary" | "baseline"): number {
  return metrics.find((metric) => metric.name === name)?.[cohort]?.total ?? 0;
}

function judged(name: string): Promise<AnalysisStep[]> {
  const steps = judgeNow(source, {
    service: name,
    telemetry: "envoy",
    cohorts: { canary: { service: `${name}-canary` }, baseline: { service: `${name}-baseline` } },
    metrics: metricsOfAMinute,
    duration: "60s",
    interval: "1s",
    tick: "5s",
    warmup: "5s",
  });
  return Array.fromAsync(steps);
}

interface Rollout {
  readonly name: string;
  readonly envoy: RunningEnvoy;
  readonly canary: DemoService;
}

/** Two services behind an Envoy of their own; the baseline is good. */
async function startRollout(name: string, behaviour: DemoBehaviour): Promise<Rollout> {
  const start = async (version: string, how: DemoBehaviour, seed: number) => {
    const service = await startDemoService({ name, version, random: seeded(seed), ...how });
    cleanups.push(() => service.close());
    return service;
  };
  const baseline = await start("baseline", good, 1);
  const canary = await start("canary", behaviour, 2);
  const port = ({ url }: DemoService) => Number(new URL(url).port);
  const envoy = await startEnvoy({
    clusters: [
      { name: `${name}-canary`, port: port(canary), weight: 10 },
      { name: `${name}-baseline`, port: port(baseline), weight: 90 },
    ],
  });
  cleanups.push(envoy.stop);
  return { name, envoy, canary };
}

/** What each scrape saw of a cluster's histogram. */
async function histogramCounts(
  cluster: string,
  from: number,
  to: number,
): Promise<readonly { readonly time: number; readonly value: number }[]> {
  const matchers = [{ label: "envoy_cluster_name", op: "=", value: cluster }] as const;
  const selector = { metric: "envoy_cluster_upstream_rq_time_count", matchers };
  const { series } = await source.read(selector, { from, to }, new AbortController().signal);
  return series.flatMap(({ times, values }) => times.map((time, i) => ({ time, value: values[i] ?? 0 })));
}

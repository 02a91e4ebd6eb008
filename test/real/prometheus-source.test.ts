/** The Prometheus source against a Prometheus, where test/sources/prometheus has a fake one. */
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { SampleSource, Series } from "../../src/analysis/ports.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";
import { freePort } from "../servers/free-port.ts";
import { openMetrics } from "../servers/open-metrics.ts";
import {
  type PrometheusOptions,
  type RunningPrometheus,
  startPrometheus,
} from "../servers/start-prometheus.ts";
import { describeSampleSource } from "../support/sample-source-contract.ts";

const origin = Date.UTC(2026, 0, 1);
const never = new AbortController().signal;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** One server for each set of series that the contract asks for, by its text; most of its tests share one. */
const holding = new Map<string, Promise<RunningPrometheus>>();

afterAll(async () => {
  for (const prometheus of holding.values()) await (await prometheus).stop();
});

describeSampleSource("createPrometheusSource on a real Prometheus", {
  origin,
  holding: async (series) => {
    const shifted = series.map(({ labels, samples }) => ({
      labels,
      samples: samples.map(([offset, value]) => [origin + offset, value] as const),
    }));
    const text = openMetrics(shifted);
    const prometheus = holding.get(text) ?? startPrometheus({ blocksFrom: text });
    holding.set(text, prometheus);
    return sourceOf((await prometheus).url);
  },
  unreachable: async () => sourceOf(`http://127.0.0.1:${await freePort()}`),
});

describe("createPrometheusSource on a real Prometheus", () => {
  it("reads native histograms, bucket by bucket", async () => {
    const { url } = await running({ flags: ["--web.enable-otlp-receiver"] });
    const now = Date.now();
    await sendHistogram(url, now);
    const [series] = await held(sourceOf(url), "latency_seconds", now);
    expect(series?.values).toEqual([]);
    expect(series?.histograms).toEqual([
      {
        time: now,
        histogram: {
          count: 10,
          sum: 21.5,
          buckets: [
            { lower: -1e-128, upper: 1e-128, count: 1 },
            { lower: 1, upper: 2, count: 6 },
            { lower: 4, upper: 8, count: 3 },
          ],
        },
      },
    ]);
  });

  it("gives no sample for the moment a target dropped a series: the series just ends", async () => {
    let page = "stays_total 1\ngoes_total 1\n";
    const target = createServer((_, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4").end(page);
    });
    await once(target.listen(0, "127.0.0.1"), "listening");
    cleanups.push(async () => void target.close().closeAllConnections());
    const address = target.address();
    if (address === null || typeof address === "string") throw new TypeError("a TCP address was wanted");
    const timing = { scrape_interval: "100ms", scrape_timeout: "100ms" };
    const targets = [{ targets: [`127.0.0.1:${address.port}`] }];
    const { url } = await running({
      scrapeConfigs: [{ job_name: "shop", ...timing, static_configs: targets }],
    });
    const source = sourceOf(url);
    const count = async (metric: string) => (await held(source, metric, Date.now()))[0]?.values.length ?? 0;

    await expect.poll(() => count("goes_total"), { timeout: 60_000 }).toBeGreaterThan(1);
    page = "stays_total 1\n";
    const before = await count("stays_total");
    await expect.poll(() => count("stays_total"), { timeout: 60_000 }).toBeGreaterThan(before + 3);

    const [goes] = await held(source, "goes_total", Date.now());
    const [stays] = await held(source, "stays_total", Date.now());
    expect(new Set(goes?.values)).toEqual(new Set([1]));
    expect(stays?.times.at(-1)).toBeGreaterThan(goes?.times.at(-1) ?? Number.POSITIVE_INFINITY);
  });

  it("says source-unavailable while it hangs, and reads again once it answers", async () => {
    const samples = [[origin, 7] as const];
    const prometheus = await running({
      blocksFrom: openMetrics([{ labels: { __name__: "requests_total" }, samples }]),
    });
    const source = sourceOf(prometheus.url, { timeoutMs: 300 });
    await prometheus.pause();
    await expect(held(source, "requests_total", origin)).rejects.toMatchObject({
      code: "source-unavailable",
    });
    prometheus.resume();
    // Each try is given up as soon as the ones before it.
    await vi.waitFor(
      async () => expect((await held(source, "requests_total", origin))[0]?.values).toEqual([7]),
      { timeout: 60_000 },
    );
  });

  it("waits over a restart within its retry budget", async () => {
    const samples = [[origin, 7] as const];
    const prometheus = await running({
      blocksFrom: openMetrics([{ labels: { __name__: "requests_total" }, samples }]),
    });
    const source = sourceOf(prometheus.url, { retryBudgetMs: 60_000 });
    await prometheus.kill();
    const reading = held(source, "requests_total", origin);
    await sleep(500);
    await prometheus.restart();
    expect((await reading)[0]?.values).toEqual([7]);
  });
});

async function running(options: PrometheusOptions): Promise<RunningPrometheus> {
  const prometheus = await startPrometheus(options);
  cleanups.push(prometheus.stop);
  return prometheus;
}

function sourceOf(url: string, settings: Readonly<Record<string, unknown>> = {}): SampleSource {
  const source = createPrometheusSource({
    name: "default",
    settings: prometheusSourceSettings.parse({ url, retryBudgetMs: 0, ...settings }),
    clock: systemClock,
    random: () => 0,
  });
  cleanups.push(() => source.close());
  return source;
}

/** What it holds of a metric in the minute up to `time`. */
async function held(source: SampleSource, metric: string, time: number): Promise<readonly Series[]> {
  return (await source.read({ metric, matchers: [] }, { from: time - 60_000, to: time }, never)).series;
}

/** Six observations in (1, 2], three in (4, 8] and one of zero, by OTLP at scale 0. Prometheus sets the width of the zero bucket itself. */
async function sendHistogram(url: string, time: number): Promise<void> {
  const dataPoint = {
    timeUnixNano: `${time}000000`,
    startTimeUnixNano: `${time - 1_000}000000`,
    count: "10",
    sum: 21.5,
    scale: 0,
    zeroCount: "1",
    positive: { offset: 0, bucketCounts: ["6", "0", "3"] },
  };
  const exponentialHistogram = { aggregationTemporality: 2, dataPoints: [dataPoint] };
  const metrics = [{ name: "latency_seconds", exponentialHistogram }];
  const response = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] }),
  });
  if (!response.ok)
    throw new Error(`Prometheus refused the histogram: ${response.status} ${await response.text()}`);
}

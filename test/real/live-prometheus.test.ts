/** A real Prometheus that scrapes live services, judged live; then one that goes away, for a while and for good. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import type { PrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { expectFailedOn } from "./failed-on.ts";
import { judgeNow, lastOf, requestsSeen, sourceAt, untilSeen } from "./judge-real.ts";
import {
  bad,
  good,
  type LiveServices,
  looksOfAMinute,
  metricsOfAMinute,
  startLiveServices,
} from "./live-services.ts";

const versions = ["v1", "good", "bad", "turning"];
const seen = (version: string) => requestsSeen(source, version);
let services: LiveServices;
let prometheus: RunningPrometheus;
let source: PrometheusSource;

beforeAll(async () => {
  // `turning` is good until a test says otherwise.
  services = await startLiveServices("shop", { v1: good, good, bad, turning: good }, 300);
  prometheus = await startPrometheus({ scrapeConfigs: services.scrapeConfigs });
  // Less than the outage, so that the analysis hears of it.
  source = sourceAt(prometheus.url, { timeoutMs: 2_000, retryBudgetMs: 2_000 });
  // Past their warm-up, as the analyses see them.
  await untilSeen(prometheus.url, versions);
});

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await services.close();
});

describe("a live analysis on a real Prometheus", () => {
  it("passes a good canary and fails a bad one", async () => {
    const [passed, failed] = await Promise.all([
      judged("good", { duration: "45s" }),
      judged("bad", { duration: "45s" }),
    ]);
    expect(passed).toMatchObject({ verdict: "pass", phase: "done", ticks: 15 });
    expectFailedOn("errors", failed);
    expect(failed.ticks).toBeLessThan(15);
  });

  /**
   * The outage is 20 s where the field's would be 3 minutes: scrapes, looks and
   * ticks are 5 to 20 times as fast here, so it spans as many of each or more.
   * Three minutes by the clock are in test/analysis/run/run-live.test.ts.
   */
  it("judges rightly and loses no request when Prometheus crashes and comes back", async () => {
    await services.pause();
    for (const version of versions) {
      await expect.poll(() => seen(version), { timeout: 60_000 }).toBe(services.served(version));
    }
    const before = Object.fromEntries(versions.map((version) => [version, services.served(version)]));

    const change = { duration: "60s", warmup: "0s", sourceTimeout: "60s" };
    const steps: AnalysisStep[] = [];
    const passing = judged("good", change, (step) => steps.push(step));
    const failing = judged("turning", change);
    await expect.poll(() => steps.length, { timeout: 60_000 }).toBeGreaterThan(0);
    const startedAt = Date.parse(steps[0]?.result.startedAt ?? "");
    services.resume();
    await seconds(8);
    await prometheus.kill();
    services.set("turning", { errorRate: 0.2 });
    await seconds(20);
    await prometheus.restart();
    // However long the restart took: what is served has to be scraped before the analysis ends.
    await systemClock.until(startedAt + 46_000, new AbortController().signal);
    await services.pause();

    const passed = await passing;
    expect(steps.some(({ state }) => state.sourceAway !== null)).toBe(true);
    expect(passed).toMatchObject({ verdict: "pass", phase: "done" });
    for (const metric of passed.metrics) {
      expect(metric.canary?.total).toBe(services.served("good") - (before["good"] ?? 0));
      expect(metric.baseline?.total).toBe(services.served("v1") - (before["v1"] ?? 0));
    }
    expectFailedOn("errors", await failing);
    services.resume();
  });

  it("keeps asking for its budget and ends inconclusive when Prometheus is gone for good", async () => {
    const change = { duration: "45s", sourceTimeout: "8s" };
    let lastSeen = 0;
    const ending = judged("good", change, ({ state, look }) => {
      if (state.sourceAway === null) lastSeen = Date.parse(look.at);
    });
    await expect.poll(() => lastSeen, { timeout: 60_000 }).toBeGreaterThan(0);
    await prometheus.kill();
    try {
      const ended = await ending;
      expect(ended).toMatchObject({
        verdict: "inconclusive",
        phase: "done",
        reason: { code: "source-unavailable" },
      });
      expect(ended.reason.text).toContain(prometheus.url);
      expect(Date.parse(ended.decidedAt ?? "") - lastSeen).toBeGreaterThanOrEqual(8_000);
    } finally {
      await prometheus.restart();
    }
  });
});

/** The verdict on a version, against v1. */
async function judged(
  version: string,
  change: Readonly<Record<string, unknown>>,
  onStep?: (step: AnalysisStep) => void,
): Promise<AnalysisResult> {
  const steps = judgeNow(source, {
    service: "shop",
    telemetry: "http",
    cohorts: { canary: { version }, baseline: { version: "v1" } },
    metrics: metricsOfAMinute,
    ...looksOfAMinute,
    ...change,
  });
  return (await lastOf(steps, onStep)).result;
}

/** The length of an outage, and of the traffic around it: time is what these tests are about. */
function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}

/** Native histograms in a real Prometheus, judged as they stand: no classic bucket anywhere. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import type { PrometheusSource } from "../../src/sources/prometheus/prometheus-source.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { judgePast, sourceAt } from "./judge-real.ts";
import { sendNativeService } from "./native-service.ts";
import { startedAt } from "./past-services.ts";

let prometheus: RunningPrometheus;
let source: PrometheusSource;

beforeAll(async () => {
  prometheus = await startPrometheus({ flags: ["--web.enable-otlp-receiver"] });
  await sendNativeService(prometheus.url, {
    service: "native",
    startedAt,
    history: 300,
    seconds: 660,
    versions: [
      { version: "v1", latency: 0.04, requestsPerSecond: 20 },
      { version: "good", latency: 0.04, requestsPerSecond: 10 },
      { version: "slow", latency: 0.08, requestsPerSecond: 10 },
    ],
  });
  source = sourceAt(prometheus.url);
});

afterAll(async () => {
  await source.close();
  await prometheus.stop();
});

describe("replay over native histograms in a real Prometheus", () => {
  it("passes a canary as fast as the baseline, and counts every request", async () => {
    const result = await judged("good");
    expect(result).toMatchObject({ verdict: "pass", ticks: 10 });
    expect(result.metrics[0]?.canary?.total).toBe(600 * 10);
    expect(result.metrics[0]?.baseline?.total).toBe(600 * 20);
  });

  it("fails one that is twice as slow within three minutes", async () => {
    const result = await judged("slow");
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
    expect(Date.parse(result.decidedAt ?? "")).toBeLessThanOrEqual(startedAt + 180_000);
  });
});

function judged(version: string): Promise<AnalysisResult> {
  const cohorts = { canary: { version }, baseline: { version: "v1" } };
  const metrics = [{ name: "latency", kind: "latency" }];
  return judgePast(source, { service: "native", telemetry: "http", cohorts, metrics }, startedAt);
}

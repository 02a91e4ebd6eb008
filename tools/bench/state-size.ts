import { deflateRawSync } from "node:zlib";
import { replay } from "../../src/analysis/run/replay.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { sourceOf } from "../../test/support/synthetic-service.ts";
import { fleetSeries, fleetStartedAt } from "./fleet.ts";

/**
 * The largest state, in bytes of JSON and of that deflated, over a run with five metrics (errors, two
 * latencies, a ratio, a gauge) and so many pods in all, whose traffic moves to
 * the canary in four steps.
 */
export async function largestState(pods: number, minutes: number) {
  const shares = [0.05, 0.1, 0.3, 1];
  const series = fleetSeries({
    podsACohort: pods / 2,
    minutes,
    requestsAPodASecond: 1,
    weight: (second) => shares[Math.max(0, Math.floor((4 * second) / (60 * minutes)))] ?? 1,
  });
  const spec = parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [
      { name: "errors", kind: "errors", limit: "5%", compare: {} },
      { name: "p99", kind: "latency", quantile: 0.99, limit: "500ms", compare: {} },
      { name: "latency", kind: "latency", compare: {} },
      {
        name: "failed",
        kind: "ratio",
        bad: 'http_requests_total{status="500"}',
        total: "http_requests_total",
      },
      { name: "memory", kind: "gauge", query: "process_resident_memory_bytes", gate: false },
    ],
    duration: `${minutes}m`,
  });
  const { signal } = new AbortController();
  let largest = "";
  for await (const { state, result } of replay({
    id: "bench",
    spec,
    sources: [sourceOf(series)],
    startedAt: fleetStartedAt,
    signal,
  })) {
    const text = JSON.stringify(state);
    if (text.length > largest.length) largest = text;
    if (result.verdict === "fail") throw new Error(`the run was to go on: ${result.reason.text}`);
  }
  return { bytes: Buffer.byteLength(largest), packed: deflateRawSync(largest).length };
}

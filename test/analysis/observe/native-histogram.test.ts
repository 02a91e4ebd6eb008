import { describe, expect, it } from "vitest";
import type { Series } from "../../../src/analysis/ports.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { nativeService } from "../../support/native-service.ts";
import { sourceOf } from "../../support/synthetic-service.ts";

const startedAt = Date.UTC(2026, 0, 1);

async function judge(canaryLatency: number, metric: Record<string, unknown>) {
  const series: readonly Series[] = nativeService(startedAt, 700, [
    { version: "v1", requestsPerSecond: 20, latency: 0.04 },
    { version: "v2", requestsPerSecond: 10, latency: canaryLatency },
  ]);
  const spec = parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [{ name: "latency", kind: "latency", ...metric }],
  });
  const { signal } = new AbortController();
  const steps = await Array.fromAsync(
    replay({ id: "a", spec, sources: [sourceOf(series)], startedAt, signal }),
  );
  const result = steps.at(-1)?.result;
  if (result === undefined) throw new Error("no step");
  return result;
}

describe("a latency metric over native histograms", () => {
  it("passes identical cohorts and counts the histogram's own total", async () => {
    const result = await judge(0.04, {});
    expect(result.verdict).toBe("pass");
    expect(result.metrics[0]?.canary?.total).toBe(6_000);
  });

  it("fails a canary that is half as fast again", async () => {
    const result = await judge(0.06, {});
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "worse-than-baseline" } });
  });

  it("knows a quantile margin that classic buckets could not tell", async () => {
    const slower = { quantile: 0.95, slower: "1.3x" };
    expect(await judge(0.04 * 1.15, slower)).toMatchObject({ verdict: "pass" });
    expect(await judge(0.04 * 1.7, slower)).toMatchObject({ verdict: "fail" });
  });

  it("holds an objective against the nearest bucket edges and says so", async () => {
    const result = await judge(0.2, { quantile: 0.99, limit: "500ms" });
    expect(result).toMatchObject({ verdict: "fail", reason: { code: "over-limit" } });
  });
});

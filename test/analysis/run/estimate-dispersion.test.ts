import { describe, expect, it } from "vitest";
import { planAnalysis } from "../../../src/analysis/plan/plan.ts";
import type { Series } from "../../../src/analysis/ports.ts";
import { estimateDispersion } from "../../../src/analysis/run/estimate-dispersion.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { seeded } from "../../support/seeded.ts";
import { sourceOf } from "../../support/synthetic-service.ts";

const startedAt = Date.UTC(2026, 0, 1);
const plan = planAnalysis(
  parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    dispersion: "auto",
  }),
);

/** Ten baseline pods over 70 minutes whose errors come `batch` at a time. */
function pods(batch: number): Series[] {
  const random = seeded(3);
  return Array.from({ length: 10 }, (_, pod) => pod).flatMap((pod) => {
    const times: number[] = [];
    const good: number[] = [];
    const bad: number[] = [];
    let errors = 0;
    for (let scrape = -280; scrape <= 0; scrape++) {
      for (let request = 0; request < 100; request++) if (random() < 0.02 / batch) errors += batch;
      times.push(startedAt + scrape * 15_000);
      good.push((scrape + 280) * 100);
      bad.push(errors);
    }
    const labels = { __name__: "http_requests_total", service: "checkout", version: "v1", pod: `p${pod}` };
    return [
      { labels: { ...labels, status: "200" }, times, values: good },
      { labels: { ...labels, status: "500" }, times, values: bad },
    ];
  });
}

async function estimate(series: readonly Series[]): Promise<readonly number[]> {
  const { signal } = new AbortController();
  return (await estimateDispersion(plan, [sourceOf(series)], startedAt, signal)).metrics;
}

describe("estimateDispersion", () => {
  it("is about 1 where errors are independent", async () => {
    const [errors] = await estimate(pods(1));
    expect(errors).toBeGreaterThanOrEqual(1);
    expect(errors).toBeLessThan(1.6);
  });

  it("is about the size of the batches that errors come in, and latency takes the same", async () => {
    const [errors, latency] = await estimate(pods(8));
    expect(errors).toBeGreaterThan(5);
    expect(errors).toBeLessThan(13);
    expect(latency).toBe(errors);
  });

  it("is 1 where the baseline has no past", async () => {
    expect(await estimate([])).toEqual([1, 1]);
  });
});

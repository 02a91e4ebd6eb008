import { describe, expect, it } from "vitest";
import { forecast } from "../../../src/analysis/plan/rollout-forecast.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
const spec = parseSpec({ service: "checkout", telemetry: "http", cohorts });
const traffic = { requestsPerSecond: 17, canaryShare: 0.05, errorRate: 0.005 };

describe("forecast", () => {
  it("expects larger regressions sooner, and nine of ten rollouts later than half of them", () => {
    const rows = forecast(spec, traffic, [2, 3, 5, 10]);
    const medians = rows.map(({ median }) => median.ms);
    expect(medians).toEqual(medians.toSorted((a, b) => b - a));
    for (const { median, p90 } of rows) expect(p90.ms).toBeGreaterThanOrEqual(median.ms);
  });

  it("never promises a fail sooner than the warm-up and three ticks", () => {
    const [row] = forecast(spec, { ...traffic, requestsPerSecond: 1e6 }, [10]);
    expect(row?.median.ms).toBe(6 * 60_000);
  });

  it("leaves out regressions within the fail margin, which are never found", () => {
    expect(forecast(spec, traffic, [1.2, 2]).map(({ times }) => times)).toEqual([2]);
  });

  it("refuses a spec that compares nothing", () => {
    const alone = parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" } },
      metrics: [{ kind: "errors", limit: "1%" }],
    });
    expect(() => forecast(alone, traffic, [2])).toThrow("compares no errors");
  });
});

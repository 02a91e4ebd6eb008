import { describe, expect, it } from "vitest";
import { chooseLayout } from "../../../src/analysis/latency/layout.ts";
import type { Distribution } from "../../../src/analysis/observation.ts";
import type { LatencyMetric } from "../../../src/analysis/spec/model.ts";

const metric: LatencyMetric = {
  name: "latency",
  kind: "latency",
  gate: true,
  weight: 1,
  quantile: null,
  limit: null,
  compare: { failAbove: { ratio: 1.25, points: 0 }, passBelow: { ratio: 2, points: 0.005 } },
  slower: null,
};

/** 10,000 baseline requests: how many were slower than each boundary, in milliseconds. */
const history: Distribution = {
  form: "classic",
  bounds: [10, 25, 50, 100, 250, 500, 1_000, 2_500],
  baseline: { total: 10_000, bad: [9_900, 8_000, 4_800, 600, 120, 30, 4, 0] },
};

describe("chooseLayout", () => {
  it("compares at the boundaries nearest the quantiles, and at the first one that almost nothing passes", () => {
    const layout = chooseLayout(metric, history, 0.001);
    expect(layout.compare.map((i) => layout.boundaries[i])).toEqual([50, 100, 250, 1_000]);
  });

  it("compares at one boundary and the far tail when a quantile is named", () => {
    const layout = chooseLayout({ ...metric, quantile: 0.95 }, history, 0.001);
    expect(layout.compare.map((i) => layout.boundaries[i])).toEqual([100, 1_000]);
  });

  it("fails an objective at the next boundary above it and passes it at the one below", () => {
    const limit = { atMostSeconds: 0.3, absolute: false };
    const layout = chooseLayout({ ...metric, quantile: 0.99, limit, compare: null }, history, 0.001);
    expect(layout.boundaries).toEqual([250, 500]);
    expect(layout.limit).toEqual({ fail: 1, pass: 0 });
  });

  it("uses one boundary for both when the objective is one", () => {
    const limit = { atMostSeconds: 0.25, absolute: false };
    const layout = chooseLayout({ ...metric, quantile: 0.99, limit, compare: null }, history, 0.001);
    expect(layout).toMatchObject({ boundaries: [250], limit: { fail: 0, pass: 0 } });
  });

  it("lets nothing pass an objective below every boundary", () => {
    const limit = { atMostSeconds: 0.001, absolute: false };
    const layout = chooseLayout({ ...metric, quantile: 0.99, limit, compare: null }, history, 0.001);
    expect(layout.limit).toEqual({ fail: 0, pass: null });
  });

  it("refuses a quantile margin when no boundary lies among the baseline's latencies, and says why", () => {
    const allFast: Distribution = {
      ...history,
      baseline: { total: 10_000, bad: history.bounds.map(() => 0) },
    };
    expect(() => chooseLayout({ ...metric, quantile: 0.99, slower: 2 }, allFast, 0.001)).toThrow(
      /no boundary of the histogram lies among the baseline's latencies/,
    );
  });

  it("refuses an objective beyond the last boundary, with the boundaries", () => {
    const limit = { atMostSeconds: 5, absolute: false };
    expect(() => chooseLayout({ ...metric, quantile: 0.99, limit }, history, 0.001)).toThrow(
      /limit: 5s is beyond .* boundaries \(s\): 0\.01, .*2\.5$/,
    );
  });

  it("shifts the scale by at least what was asked to fail and at most that to pass", () => {
    const layout = chooseLayout({ ...metric, quantile: 0.95, slower: 3, compare: null }, history, 0.001);
    const at = (index: number | undefined) => layout.boundaries[index ?? -1];
    expect(at(layout.slower?.baseline)).toBe(100);
    expect(at(layout.slower?.fail)).toBe(500);
    expect(at(layout.slower?.pass)).toBe(250);
  });
});

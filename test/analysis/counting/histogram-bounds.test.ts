import { describe, expect, it } from "vitest";
import { histogramBounds } from "../../../src/analysis/counting/histogram-bounds.ts";
import type { Series } from "../../../src/analysis/ports.ts";
import { nativeSeries, series } from "./one-look.ts";

function boundsOf(...allSeries: readonly Series[]) {
  return histogramBounds([{ series: allSeries, warnings: [] }]);
}

function classic(pod: string, ...bounds: readonly string[]) {
  return [...bounds, "+Inf"].map((le) => series({ pod, le }, [0, 1]));
}

describe("classic histograms", () => {
  it("give the finite boundaries that all pods have, rising", () => {
    expect(boundsOf(...classic("a", "10", "2.5", "5.0"), ...classic("b", "5", "1e+01", "20"))).toEqual([
      5, 10,
    ]);
  });

  it("give them across answers", () => {
    const answers = [classic("a", "1", "2"), classic("b", "2", "3")].map((all) => ({
      series: all,
      warnings: [],
    }));
    expect(histogramBounds(answers)).toEqual([2]);
  });

  it("give none without series", () => {
    expect(boundsOf()).toEqual([]);
  });
});

describe("native histograms", () => {
  it("give the whole grid of the coarsest pod, from the lowest event to well above the highest", () => {
    const coarse = nativeSeries({}, [0, 2, [1, 2, 1], [4, 8, 1]]);
    const fine = nativeSeries({ pod: "b" }, [0, 1, [2 ** 1.5, 4, 1]]);
    expect(boundsOf(coarse, fine)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
  });

  it("give no more than sixteen an octave", () => {
    const fine = nativeSeries({}, [0, 1, [1, 2 ** (1 / 256), 1]]);
    const bounds = boundsOf(fine);
    expect(bounds[0]).toBe(1);
    expect(bounds.filter((bound) => bound < 2)).toHaveLength(16);
  });

  it("take edges as decimals print them", () => {
    const printed = nativeSeries({}, [0, 1, [1.0905077326652577, 1.189207115002721, 1]]);
    expect(boundsOf(printed).slice(0, 2)).toEqual([
      expect.closeTo(2 ** (1 / 8), 12),
      expect.closeTo(2 ** (2 / 8), 12),
    ]);
  });

  it("leave aside the bucket around zero", () => {
    const bounds = boundsOf(nativeSeries({}, [0, 2, [-0.001, 0.001, 1], [1, 2, 1]]));
    expect(bounds.slice(0, 2)).toEqual([1, 2]);
  });

  it("give their own edges where the buckets are custom", () => {
    const custom = nativeSeries({}, [
      0,
      3,
      [Number.NEGATIVE_INFINITY, 0.3, 1],
      [0.3, 0.7, 1],
      [0.7, Number.POSITIVE_INFINITY, 1],
    ]);
    expect(boundsOf(custom)).toEqual([0.3, 0.7]);
  });

  it("give no edge inside another pod's bucket", () => {
    const a = nativeSeries({}, [0, 2, [0.3, 0.7, 1], [0.7, 0.9, 1]]);
    const b = nativeSeries({ pod: "b" }, [0, 1, [0.3, 0.9, 1]]);
    expect(boundsOf(a, b)).toEqual([0.3, 0.9]);
  });

  it("give what classic pods have too, where a fleet has both", () => {
    expect(boundsOf(...classic("a", "1", "3", "4"), nativeSeries({ pod: "b" }, [0, 1, [1, 2, 1]]))).toEqual([
      1, 4,
    ]);
  });

  it("give none while they are empty", () => {
    expect(boundsOf(nativeSeries({}, [0, 0]))).toEqual([]);
  });
});

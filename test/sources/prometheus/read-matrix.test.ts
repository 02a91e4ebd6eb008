import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TimeWindow } from "../../../src/analysis/ports.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { FailedTry } from "../../../src/sources/prometheus/failed-try.ts";
import * as reader from "../../../src/sources/prometheus/read-matrix.ts";

const readMatrix = (result: unknown, window: TimeWindow, limits?: Partial<reader.MatrixLimits>) =>
  reader.readMatrix(result, [], window, limits);
const all = { from: 0, to: 1_000_000 };
const metric = { __name__: "m" };
const histogram = { count: "1", sum: "2", buckets: [[0, "1", "2", "1"]] };

const values = (...samples: unknown[]) => [{ metric, values: samples }];
const histograms = (...samples: unknown[]) => [{ metric, histograms: samples }];

describe("readMatrix", () => {
  it.each([
    ["0", 0],
    ["-0.5", -0.5],
    [".5", 0.5],
    ["1e-07", 1e-7],
    ["9007199254740993", 9_007_199_254_740_992],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["Inf", Number.POSITIVE_INFINITY],
    ["-Inf", Number.NEGATIVE_INFINITY],
    ["NaN", Number.NaN],
  ])("reads the value %s", (text, value) => {
    expect(readMatrix(values([1, text]), all)[0]?.values).toEqual([value]);
  });

  it("reads times to the millisecond", () => {
    expect(readMatrix(values([1.001, "1"], [4.9995, "2"], [12, "3"]), all)[0]?.times).toEqual([
      1_001, 5_000, 12_000,
    ]);
  });

  it("brings samples in order and keeps the larger of those at one time", () => {
    const [series] = readMatrix(values([3, "3"], [1, "1"], [3, "4"], [1, "NaN"], [2, "NaN"]), all);
    expect(series?.times).toEqual([1_000, 2_000, 3_000]);
    expect(series?.values).toEqual([1, Number.NaN, 4]);
  });

  it("does so for histograms, by their counts", () => {
    const of = (count: string) => ({ ...histogram, count });
    const [series] = readMatrix(histograms([2, of("5")], [1, of("1")], [2, of("7")], [2, of("6")]), all);
    expect(series?.histograms?.map(({ time, histogram: { count } }) => [time, count])).toEqual([
      [1_000, 1],
      [2_000, 7],
    ]);
  });

  it("keeps both kinds of a series that changed from one to the other", () => {
    const both = [{ metric, values: [[1, "1"]], histograms: [[2, histogram]] }];
    expect(readMatrix(both, all)).toEqual([
      {
        labels: metric,
        times: [1_000],
        values: [1],
        histograms: [
          { time: 2_000, histogram: { count: 1, sum: 2, buckets: [{ lower: 1, upper: 2, count: 1 }] } },
        ],
      },
    ]);
  });

  it("cuts histograms to the window as it cuts numbers", () => {
    const sent = histograms([1, histogram], [2, histogram], [3, histogram], [4, histogram]);
    const [series] = readMatrix(sent, { from: 1_000, to: 3_000 });
    expect(series?.histograms?.map(({ time }) => time)).toEqual([2_000, 3_000]);
  });

  it("takes a histogram without buckets, as an empty one is written", () => {
    const [series] = readMatrix(histograms([1, { count: "0", sum: "0" }]), all);
    expect(series?.histograms?.[0]?.histogram).toEqual({ count: 0, sum: 0, buckets: [] });
  });

  it("keeps labels that are named like parts of an object", () => {
    const result: unknown = JSON.parse('[{"metric":{"__proto__":"a","constructor":"b"},"values":[[1,"1"]]}]');
    expect(Object.entries(readMatrix(result, all)[0]?.labels ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });

  it.each([
    ["null", null],
    ["an object", {}],
    ["a series that is null", [null]],
    ["a series without labels", [{ values: [[1, "1"]] }]],
    ["a label that is a number", [{ metric: { a: 1 }, values: [] }]],
    ["labels in a list", [{ metric: ["a"], values: [] }]],
    ["values in an object", [{ metric, values: { length: 1 } }]],
    ["values that are a number of nothing", [{ metric, values: 0 }]],
    ["a sample that is no pair", values(1)],
    ["a sample without value", values([1])],
    ["a time in text", values(["1", "1"])],
    ["a time beyond all measure", values([1e300, "1"])],
    ["a value that is a number", values([1, 1])],
    ["an empty value", values([1, ""])],
    ["a blank value", values([1, " 1"])],
    ["a value of words", values([1, "one"])],
    ["a value that ends in words", values([1, "1 apple"])],
    ["a histogram that is null", histograms([1, null])],
    ["a histogram without count", histograms([1, { sum: "1" }])],
    ["a bucket of three", histograms([1, { ...histogram, buckets: [[0, "1", "2"]] }])],
    ["a bucket of an unknown rule", histograms([1, { ...histogram, buckets: [[4, "1", "2", "1"]] }])],
    ["a boundary that is none", histograms([1, { ...histogram, buckets: [[0, {}, "2", "1"]] }])],
  ])("refuses %s", (_, result) => {
    expect(() => readMatrix(result, all)).toThrow(FailedTry);
  });

  it("refuses what is over its limits, and says so", () => {
    const limits = { maxSeries: 2, maxSamples: 3 };
    const three = [...values([1, "1"]), ...values([1, "1"]), ...values([1, "1"])];
    expect(() => readMatrix(three, all, limits)).toThrow("3 series, over the limit of 2");
    const four = [...values([1, "1"], [2, "1"], [3, "1"]), ...histograms([1, histogram])];
    expect(() => readMatrix(four, all, limits)).toThrow("4 samples, over the limit of 3");
    expect(() => readMatrix(four, all, limits)).toThrow(CoalmineError);
  });

  it("gives any samples in the window, in rising order, each time once", () => {
    const sample = fc.tuple(fc.integer({ min: -5, max: 15 }), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const sent = values(...samples.map(([second, value]) => [second, String(value)]));
        const [series] = readMatrix(sent, { from: 0, to: 10_000 });
        const expected = new Map<number, number>();
        for (const [second, value] of samples) {
          if (second > 0 && second <= 10) {
            expected.set(second * 1_000, Math.max(value, expected.get(second * 1_000) ?? value));
          }
        }
        const times = [...expected.keys()].sort((a, b) => a - b);
        expect(series?.times ?? []).toEqual(times);
        expect(series?.values ?? []).toEqual(times.map((time) => expected.get(time)));
      }),
    );
  });

  it("meets anything with series or a FailedTry", () => {
    const few = { maxLength: 3 };
    const near = (kind: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 60, arbitrary: kind }, { weight: 1, arbitrary: fc.jsonValue() });
    const number = near(fc.constantFrom("1", "NaN", "+Inf", "-2e5"));
    const time = near(fc.double({ min: 0, max: 1_000, noNaN: true }));
    const bucket = near(fc.tuple(near(fc.constantFrom(0, 1, 2, 3)), number, number, number));
    const nativeHistogram = near(
      fc.record({ count: number, sum: number, buckets: near(fc.array(bucket, few)) }),
    );
    const list = (value: fc.Arbitrary<unknown>) => near(fc.array(near(fc.tuple(time, value)), few));
    const labels = near(fc.dictionary(fc.string(), near(fc.string()), { maxKeys: 3 }));
    const entry = fc.record({ metric: labels, values: list(number), histograms: list(nativeHistogram) });
    let answered = 0;
    fc.assert(
      fc.property(near(fc.array(near(entry), few)), (result) => {
        try {
          for (const series of readMatrix(result, all)) {
            expect(series.values).toHaveLength(series.times.length);
            expect(series.times).toEqual([...new Set(series.times)].sort((a, b) => a - b));
            answered++;
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FailedTry);
        }
      }),
      { numRuns: 300 },
    );
    expect(answered).toBeGreaterThan(0);
  });
});

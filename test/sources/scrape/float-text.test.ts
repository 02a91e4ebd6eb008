import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOpenMetricsFloat, parseFloatText } from "../../../src/sources/scrape/float-text.ts";

describe("parseFloatText", () => {
  it.each([
    ["0", 0],
    ["+3", 3],
    ["-1.5e-3", -0.0015],
    [".5", 0.5],
    ["5.", 5],
    ["1E6", 1e6],
    ["9007199254740993", 9_007_199_254_740_992],
    ["Inf", Number.POSITIVE_INFINITY],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["-infinity", Number.NEGATIVE_INFINITY],
    ["NaN", Number.NaN],
    ["Nan", Number.NaN],
  ])("reads %s as Go does", (text, value) => {
    expect(parseFloatText(text)).toBe(value);
  });

  it.each(["", " 1", "1 ", ".", "1e", "0x10", "1_000", "0x1p-2", "+NaN", "1e999", "1,5", "١", "infin"])(
    "takes %j for no number",
    (text) => {
      expect(parseFloatText(text)).toBeNull();
    },
  );
});

describe("formatOpenMetricsFloat", () => {
  // Made with Go's strconv.AppendFloat(f, 'g', -1, 64) and Prometheus' ".0" rule.
  it.each([
    [5, "5.0"],
    [0, "0.0"],
    [-1, "-1.0"],
    [2.5, "2.5"],
    [0.005, "0.005"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [0.000012345, "1.2345e-05"],
    [100_000, "100000.0"],
    [999_999, "999999.0"],
    [1_000_000, "1e+06"],
    [1_234_567, "1.234567e+06"],
    [12_345_678.5, "1.23456785e+07"],
    [1e21, "1e+21"],
    [1e-7, "1e-07"],
    [1e300, "1e+300"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [Number.NaN, "NaN"],
  ])("writes %d as Prometheus 3 does", (value, text) => {
    expect(formatOpenMetricsFloat(value)).toBe(text);
  });

  it("writes what reads back as the same number", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseFloatText(formatOpenMetricsFloat(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { formatRate, readRate } from "../../../src/analysis/spec/rate.ts";

it.each([
  ["0.5%", 0.005],
  ["0.7 %", 0.007],
  ["99.9%", 0.999],
  [0.005, 0.005],
  ["0.005", 0.005],
  ["5e-3", 0.005],
])("reads %j", (input, value) => {
  expect(readRate(input)).toEqual({ value });
});

it.each([0, -1, "0%", "100%", "abc", "", "%", "1e999%", Number.NaN])("refuses %j", (input) => {
  expect(readRate(input)).toHaveProperty("wrong");
});

it.each([1, 5, "99.5"])("suggests percent for %j", (input) => {
  expect(readRate(input)).toEqual({ wrong: expect.stringContaining(`write "${input}%"`) });
});

it("reads back what it writes, to the last bit", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }), (rate) => {
      expect(readRate(formatRate(rate))).toEqual({ value: rate });
    }),
  );
});

it("writes a rate as people do", () => {
  expect([0.005, 0.07, 0.999, 0.000001, 1e-30].map(formatRate)).toEqual([
    "0.5%",
    "7%",
    "99.9%",
    "0.0001%",
    "1e-28%",
  ]);
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { formatMargin, readMargin, readRatio } from "../../../src/analysis/spec/margin.ts";

it.each([
  ["1.25x", { ratio: 1.25, points: 0 }],
  [1.25, { ratio: 1.25, points: 0 }],
  ["2", { ratio: 2, points: 0 }],
  ["2x + 0.5pp", { ratio: 2, points: 0.005 }],
  ["2x+0.5pp", { ratio: 2, points: 0.005 }],
  ["0.5pp", { ratio: 1, points: 0.005 }],
  ["0.5 pp", { ratio: 1, points: 0.005 }],
])("reads %j", (input, value) => {
  expect(readMargin(input)).toEqual({ value });
});

it.each([
  "",
  "x",
  "2x 0.5pp",
  "2x + ",
  "+ 0.5pp",
  "0.5pp + 2x",
  "2x + 0.5%",
  "-1x",
  "2xx",
  "1..2x",
  "NaN",
  "2x + 200pp",
  0.5,
])("refuses %j", (input) => {
  expect(readMargin(input)).toHaveProperty("wrong");
});

it("reads back what it writes, to the last bit", () => {
  const ratio = fc.double({ min: 1, max: 1000, noNaN: true });
  const points = fc.double({ min: 0, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.record({ ratio, points }), (margin) => {
      expect(readMargin(formatMargin(margin))).toEqual({ value: { ...margin, points: margin.points || 0 } });
    }),
  );
});

it("reads a factor with and without its x", () => {
  expect([readRatio("2x"), readRatio(2), readRatio("0.8 x")]).toEqual([
    { value: 2 },
    { value: 2 },
    { value: 0.8 },
  ]);
  expect(readRatio("0x")).toHaveProperty("wrong");
  expect(readRatio("2y")).toHaveProperty("wrong");
});

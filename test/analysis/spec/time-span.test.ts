import fc from "fast-check";
import { expect, it } from "vitest";
import { formatLatency, readLatency, readSpan } from "../../../src/analysis/spec/time-span.ts";

it.each([
  ["10m", 600_000],
  ["1h30m", 5_400_000],
  [" 250ms ", 250],
  ["90", 90_000],
  [90, 90_000],
  [0.0015, 2],
  [0, 0],
])("reads the duration %j in milliseconds", (input, value) => {
  expect(readSpan(input)).toEqual({ value });
});

it.each(["", "m", "10 m", "-5m", -5, Number.NaN, Number.POSITIVE_INFINITY, "31d", 1e300])(
  "refuses the duration %j",
  (input) => {
    expect(readSpan(input)).toHaveProperty("wrong");
  },
);

it.each([
  ["500ms", 0.5],
  ["1.5s", 1.5],
  ["0.25", 0.25],
  [0.25, 0.25],
  ["0.25ms", 0.00025],
])("reads the latency %j in seconds", (input, value) => {
  expect(readLatency(input)).toEqual({ value });
});

it.each([0, "0ms", -1, "fast", "2d", Number.NaN])("refuses the latency %j", (input) => {
  expect(readLatency(input)).toHaveProperty("wrong");
});

it("reads back the latency it writes, to the last bit", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 86_400, noNaN: true }), (seconds) => {
      expect(readLatency(formatLatency(seconds))).toEqual({ value: seconds });
    }),
  );
});

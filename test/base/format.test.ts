import { expect, test } from "vitest";
import {
  formatCount,
  formatLatency,
  formatLatencyRange,
  formatOdds,
  formatOddsAgainst,
  formatPercent,
  formatPercentRange,
  formatTimes,
  formatTimesRange,
  inOneLine,
} from "../../src/base/format.ts";

test("counts have thousands separators", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
});

test.each([
  [0, "0 %"],
  [0.000_001, "<0.001 %"],
  [0.000_5, "0.050 %"],
  [0.005_2, "0.52 %"],
  [0.081_3, "8.1 %"],
  [0.5, "50.0 %"],
  [0.9995, "99.950 %"],
  [0.999_999_9, ">99.999 %"],
  [1, "100 %"],
  [null, "–"],
])("a rate of %s is %s", (fraction, text) => {
  expect(formatPercent(fraction)).toBe(text);
});

test("an interval names its unit once", () => {
  expect(formatPercentRange([0.0672, 0.0982])).toBe("6.7 to 9.8 %");
});

test.each([
  [null, "–"],
  [0.001, "<0.01 : 1"],
  [0.42, "0.42 : 1"],
  [3.14, "3.1 : 1"],
  [41.2, "41 : 1"],
  [12_345, "12,345 : 1"],
  [1e6, "1,000,000 : 1"],
  [1e7, ">1e6 : 1"],
  [Number.POSITIVE_INFINITY, ">1e6 : 1"],
])("odds of %s are %s", (odds, text) => {
  expect(formatOdds(odds)).toBe(text);
});

test("evidence stands beside what it needs, where that is known", () => {
  expect(formatOddsAgainst(41.2, 20)).toBe("41 : 1, needs 20 : 1");
  expect(formatOddsAgainst(41.2, null)).toBe("41 : 1");
  expect(formatOddsAgainst(null, 20)).toBe("–");
});

test.each([
  [0.834, "0.83×"],
  [7.94, "7.9×"],
  [14.1, "14×"],
  [1_234, "1,234×"],
  [1e9, ">10,000×"],
])("a ratio of %s is %s", (ratio, text) => {
  expect(formatTimes(ratio)).toBe(text);
});

test("an unbounded ratio says only what it is over", () => {
  expect(formatTimesRange(4.2, 14.1)).toBe("4.2× to 14×");
  expect(formatTimesRange(3, null)).toBe("over 3.0×");
});

test("latencies below a second are in milliseconds", () => {
  expect([0.0025, 0.25, 1.5].map(formatLatency)).toEqual(["2.5 ms", "250 ms", "1.5 s"]);
});

test("latency ranges say when an end is open", () => {
  expect(formatLatencyRange({ low: 0.25, high: 0.5 })).toBe("250 ms to 500 ms");
  expect(formatLatencyRange({ low: 0, high: 0.005 })).toBe("up to 5 ms");
  expect(formatLatencyRange({ low: 10, high: null })).toBe("over 10 s");
});

test.each([
  ["one line", "one line"],
  ["2 problems:\n  a: bad\r\n\tb: worse\n\n", "2 problems: a: bad; b: worse; "],
  ["a :\n:  \n b", "a : : b"],
  ["blanks   stay:   here\r", "blanks   stay:   here\r"],
])("%j is %j in one line", (text, line) => {
  expect(inOneLine(text)).toBe(line);
});

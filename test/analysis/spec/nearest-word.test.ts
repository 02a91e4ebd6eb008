import { expect, it } from "vitest";
import { nearestWord, suggestion } from "../../../src/analysis/spec/nearest-word.ts";

const known = ["metrics", "cohorts", "interval"];

it.each([
  ["metrcs", "metrics"],
  ["Metrics", "metrics"],
  ["cohrots", "cohorts"],
  ["intervalMs", "interval"],
  ["zzz", null],
])("takes %s for %s", (word, nearest) => {
  expect(nearestWord(word, known)).toBe(nearest);
});

it("lists what is known where nothing is near", () => {
  expect(suggestion("zzz", known)).toBe("known: metrics, cohorts, interval");
  expect(suggestion("zzz", [])).toBe("none is known here");
});

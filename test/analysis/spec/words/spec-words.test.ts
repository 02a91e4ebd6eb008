import { expect, it } from "vitest";
import { specSchema } from "../../../../src/analysis/spec/spec-schema.ts";
import { metricWords, specWords } from "../../../../src/analysis/spec/words/spec-words.ts";

it("has a word for every key of the spec that one value can be", () => {
  const words = new Set([...specWords.keys(), ...metricWords]);
  const without = Object.keys(specSchema.shape).filter((key) => !words.has(key));
  expect(without).toEqual(["apiVersion", "kind", "cohorts", "budget"]);
});

it("has words for both rates of the budget, every option of a preset and both cohorts", () => {
  for (const [word, path] of [
    ["falseAlarm", "budget.falseAlarm"],
    ["telemetryBadStatus", "telemetry.badStatus"],
    ["canaryHashLabel", "cohorts.canary.hashLabel"],
    ["stableWorkload", "cohorts.baseline.workload"],
  ] as const) {
    expect(specWords.get(word)?.paths).toEqual([path]);
  }
});

import { describe, expect, it } from "vitest";
import { oracleCases } from "./stats-oracle.ts";

describe("the reference files", () => {
  it.each([
    "wilson",
    "newcombe",
    "bernoulliCS",
    "betaBinomialE",
    "bucketQuantileCS",
    "ratioCS",
    "project",
    "countEProcess",
    "countEProcessLooks",
    "limitEProcess",
    "eBH",
    "planErrors",
  ])("hold cases of %s, which the product computes", (fn) => {
    expect(oracleCases(fn).length).toBeGreaterThan(0);
  });

  it("are refused for a statistic they do not hold", () => {
    expect(() => oracleCases("noSuchStatistic")).toThrow("noSuchStatistic");
  });
});

import { expect, test } from "vitest";
import { nextStep } from "../../../../src/adapters/cli/report/next-step.ts";
import { reasonCodes } from "../../../../src/analysis/reasons.ts";
import { failedResult, inconclusiveResult, passedResult } from "../sample-result.ts";

test("a pass and a fail need no advice", () => {
  expect([passedResult, failedResult].map(nextStep)).toEqual([null, null]);
});

test.each(reasonCodes)("an inconclusive result for %s always comes with advice", (code) => {
  const advice = nextStep({ ...inconclusiveResult, reason: { code, text: "" } });
  expect(advice).toMatch(/^[A-Z].+\.$/);
});

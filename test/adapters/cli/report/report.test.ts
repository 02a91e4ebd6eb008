import { expect, test } from "vitest";
import { plain } from "../../../../src/adapters/cli/paint.ts";
import { writeReport } from "../../../../src/adapters/cli/report/report.ts";
import { failedResult } from "../sample-result.ts";

test("json is the result itself", () => {
  expect(JSON.parse(writeReport(failedResult, "json", plain))).toEqual(failedResult);
});

test.each([
  ["text", /^FAIL checkout/],
  ["markdown", /^### /],
  ["junit", /^<\?xml /],
] as const)("%s has its own form and ends with a line end", (format, start) => {
  const report = writeReport(failedResult, format, plain);
  expect(report).toMatch(start);
  expect(report.endsWith("\n")).toBe(true);
});

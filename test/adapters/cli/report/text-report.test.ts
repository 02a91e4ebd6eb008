import { expect, test } from "vitest";
import { plain } from "../../../../src/adapters/cli/paint.ts";
import { textReport } from "../../../../src/adapters/cli/report/text-report.ts";
import { failedResult, inconclusiveResult } from "../sample-result.ts";

test("a fail starts with its verdict and reason, then shows the numbers and the warnings", () => {
  expect(textReport(failedResult, plain)).toBe(`\
FAIL checkout: errors: 8.1 % of requests, baseline 1.0 %
decided 2026-11-21T12:04:00.000Z, after 4m, 4 ticks, score 4

errors fail: 8.1 % errors, baseline 1.0 %
  canary    8.1 % errors, of 1,204 (6.7 to 9.8 %)
  baseline  1.0 % errors, of 12,040 (0.86 to 1.2 %)
  ratio     7.9× (4.2× to 14×)
  worse     41 : 1, needs 20 : 1
  fine      <0.01 : 1, needs 20 : 1

p99 undecided: no difference so far
  canary    0 % slower than 500 ms, of 1,204 (0 to 0.32 %)
  ratio     over 0.20×
  p99       canary 250 ms to 500 ms, baseline over 100 ms
  worse     1.3 : 1, needs 40 : 1

warning: all errors come from one pod (single-pod)
`);
});

test("an inconclusive result ends with what to do next", () => {
  const text = textReport(inconclusiveResult, plain);
  expect(text).toMatch(/^INCONCLUSIVE checkout: about 900 more requests are needed\n/);
  expect(text.trimEnd().split("\n").at(-1)).toBe(
    "Judge for longer (--duration), send the canary more traffic, or accept a wider pass margin.",
  );
});

test("a metric that does not count says so", () => {
  const metrics = failedResult.metrics.map((metric) => ({ ...metric, gate: false }));
  expect(textReport({ ...failedResult, metrics }, plain)).toContain("errors fail (shown, not counted): ");
});

test("a cohort without requests has no rate to show", () => {
  const none = { total: 0, bad: 0, rate: null, interval: [0, 1], sequence: [0, 1] } as const;
  const metrics = failedResult.metrics.map((metric) => ({ ...metric, canary: none }));
  expect(textReport({ ...failedResult, metrics }, plain)).toContain("  canary    no requests\n");
});

test("the verdict is bold in its colour", () => {
  const text = textReport(failedResult, (style, words) => `<${style}>${words}</${style}>`);
  expect(text).toMatch(/^<bold><red>FAIL<\/red><\/bold> checkout: /);
});

test("a reason that begins with its metric's name does not say it twice", () => {
  const reason = { code: "worse-than-baseline", text: "errors: canary 8.1 %" } as const;
  const metrics = failedResult.metrics.slice(0, 1).map((metric) => ({ ...metric, reason }));
  expect(textReport({ ...failedResult, metrics }, plain)).toContain("\nerrors fail: canary 8.1 %\n");
});

test("a ratio that may be anything is left out", () => {
  const ratio = { estimate: null, low: 0.001, high: null };
  const metrics = failedResult.metrics.map((metric) => ({ ...metric, ratio }));
  expect(textReport({ ...failedResult, metrics }, plain)).not.toContain("ratio");
});

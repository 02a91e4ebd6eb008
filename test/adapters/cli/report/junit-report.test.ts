import { expect, test } from "vitest";
import { junitReport } from "../../../../src/adapters/cli/report/junit-report.ts";
import { failedResult, inconclusiveResult, passedResult } from "../sample-result.ts";

test("a failed metric is a failure, one that was not needed any more is skipped", () => {
  expect(junitReport(failedResult)).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="coalmine" tests="3" failures="2" errors="0" time="240">
  <testsuite name="coalmine checkout" tests="3" failures="2" errors="0" skipped="1" time="240" timestamp="2026-11-21T12:00:00.000Z">
    <testcase classname="checkout" name="errors">
      <failure message="8.1 % errors, baseline 1.0 %" type="worse-than-baseline">
        8.1 % errors, baseline 1.0 %
canary: 8.1 % errors, of 1,204 (6.7 to 9.8 %)
baseline: 1.0 % errors, of 12,040 (0.86 to 1.2 %)
ratio: 7.9× (4.2× to 14×)
worse: 41 : 1, needs 20 : 1
fine: &lt;0.01 : 1, needs 20 : 1
      </failure>
    </testcase>
    <testcase classname="checkout" name="p99">
      <skipped message="no difference so far"/>
    </testcase>
    <testcase classname="checkout" name="verdict">
      <failure message="errors: 8.1 % of requests, baseline 1.0 %" type="worse-than-baseline">
        errors: 8.1 % of requests, baseline 1.0 %
      </failure>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test("an inconclusive metric is an error, so that no pipeline takes it for a pass", () => {
  const xml = junitReport(inconclusiveResult);
  expect(xml).toContain('tests="2" failures="0" errors="2"');
  expect(xml).toContain('<error message="too little evidence" type="underpowered">');
});

test("a pass has neither failures nor errors", () => {
  expect(junitReport(passedResult)).toContain('tests="2" failures="0" errors="0" skipped="0"');
});

test("a metric that does not count fails nothing", () => {
  const metrics = passedResult.metrics.map((metric) => ({
    ...metric,
    gate: false,
    verdict: "fail" as const,
  }));
  expect(junitReport({ ...passedResult, metrics })).toContain(
    'tests="2" failures="0" errors="0" skipped="1"',
  );
});

test("a metric that another one's fail left undecided is skipped", () => {
  const metrics = failedResult.metrics.map((metric) =>
    metric.name === "errors" ? metric : { ...metric, verdict: "inconclusive" as const },
  );
  expect(junitReport({ ...failedResult, metrics })).toContain(
    'tests="3" failures="2" errors="0" skipped="1"',
  );
});

import { describe, expect, it } from "vitest";
import { closingLine, failuresOf, type TestReport, tallyReport, total } from "../../tools/tally.ts";

describe("tallyReport", () => {
  it("counts what passed, failed and was skipped", () => {
    const report = reportOf(
      ["failed", "passed", "passed", "failed", "skipped", "todo"],
      ["passed", "passed"],
    );
    expect(tallyReport(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it("counts a file that could not be loaded as a failure", () => {
    expect(tallyReport(reportOf(["failed"], ["passed", "passed"]), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it("counts the tests a failed hook kept from running as failures, not as skipped", () => {
    expect(tallyReport(reportOf(["failed", "skipped", "skipped"]), 1)).toEqual({
      passed: 0,
      failed: 2,
      skipped: 0,
    });
  });

  it("counts a run that ended badly with nothing to show for it as a failure", () => {
    expect(tallyReport(reportOf(["passed", "passed"]), 1).failed).toBe(1);
    expect(tallyReport(reportOf(["passed", "passed"]), null).failed).toBe(1);
  });

  it("counts a run without a report, or without a test, as a failure", () => {
    expect(tallyReport(null, 0).failed).toBe(1);
    expect(tallyReport(reportOf(), 0).failed).toBe(1);
    expect(tallyReport(reportOf(["passed", "skipped"]), 0)).toEqual({ passed: 0, failed: 1, skipped: 1 });
  });
});

describe("failuresOf", () => {
  it("names file, test and what was wrong, or why the file could not start", () => {
    expect(failuresOf(reportOf(["failed", "passed", "failed"], ["failed", "skipped"]))).toEqual([
      "0.test.ts > test 1\n    expected 1",
      "1.test.ts\n    cannot be loaded",
    ]);
    expect(failuresOf(null)).toEqual([]);
  });
});

describe("closingLine", () => {
  it("names the skipped only where there are any", () => {
    const runs = [
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 1, failed: 2, skipped: 0 },
    ];
    expect(closingLine(total(runs))).toBe("4 passed, 2 failed");
    expect(closingLine({ passed: 4, failed: 0, skipped: 1 })).toBe("4 passed, 0 failed, 1 skipped");
  });
});

/** One file each: its status, then its tests'. */
function reportOf(...files: readonly (readonly [string, ...string[]])[]): TestReport {
  return {
    testResults: files.map(([status, ...tests], file) => ({
      name: `${file}.test.ts`,
      status,
      message: "cannot be loaded\nat line 1",
      assertionResults: tests.map((test, i) => ({
        status: test,
        fullName: `test ${i}`,
        failureMessages: ["expected 1\nto be 2"],
      })),
    })),
  };
}

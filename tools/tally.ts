/** Counts of tests, made from vitest's JSON report so that nothing that did not run looks like a success. */

/** How many tests of a run ended how. */
export interface TestTally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's JSON report that is read. */
export interface TestReport {
  readonly testResults: readonly {
    /** Its file. */
    readonly name: string;
    readonly status: string;
    /** Why the file could not start; empty if it could. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/**
 * The counts of one run. A file that failed without a failed test could not
 * start (a syntax error, a hook that threw): each of its tests that did not run
 * counts as failed, the file itself as one if it has none. No report, or a run
 * that ended badly with no failure to show for it, is one failure.
 *
 * @param exitCode of vitest; null if a signal ended it.
 */
export function tallyReport(report: TestReport | null, exitCode: number | null): TestTally {
  const tally = total((report?.testResults ?? []).map(tallyFile));
  const isUnexplained = exitCode !== 0 && tally.failed === 0;
  const ranNothing = tally.passed + tally.failed === 0;
  return isUnexplained || ranNothing ? { ...tally, failed: tally.failed + 1 } : tally;
}

/** Each failure of a run on two lines, which file and test and the first line of its message: what stands far above in the log. */
export function failuresOf(report: TestReport | null): readonly string[] {
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === "failed");
    const told = tests.map(
      (test) => `${name} > ${test.fullName}\n    ${firstLine(test.failureMessages?.[0])}`,
    );
    const couldNotStart = status === "failed" && tests.length === 0;
    return couldNotStart ? [`${name}\n    ${firstLine(message)}`] : told;
  });
}

/** The sum of several runs. */
export function total(tallies: readonly TestTally[]): TestTally {
  return tallies.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The closing line of a test run, as in `812 passed, 0 failed, 3 skipped`. */
export function closingLine({ passed, failed, skipped }: TestTally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function tallyFile({ status, assertionResults }: TestReport["testResults"][number]): TestTally {
  const count = (wanted: string) => assertionResults.filter((test) => test.status === wanted).length;
  const passed = count("passed");
  const failed = count("failed");
  const notRun = assertionResults.length - passed - failed;
  const couldNotStart = status === "failed" && failed === 0;
  return couldNotStart
    ? { passed, failed: Math.max(1, notRun), skipped: 0 }
    : { passed, failed, skipped: notRun };
}

function firstLine(message = ""): string {
  return message.split("\n", 1)[0] || "no message";
}

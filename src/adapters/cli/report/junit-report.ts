/**
 * The result as JUnit XML, so that a pipeline shows each metric as a test: a
 * fail is a failure, an inconclusive an error, what is not counted or was not
 * needed any more is skipped. The last test is the analysis itself, because a
 * verdict can come from the metrics together.
 */
import type { AnalysisResult, MetricResult, Reason, Verdict } from "../../../analysis/result.ts";
import { metricRows } from "./metric-rows.ts";
import { nextStep } from "./next-step.ts";
import { writeXml, type XmlElement } from "./xml.ts";

type Outcome = "passed" | "failure" | "error" | "skipped";

/** One `testsuite` named after the service; ends with a newline. */
export function junitReport(result: AnalysisResult): string {
  const cases = [...result.metrics.map((metric) => metricCase(metric, result)), analysisCase(result)];
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  const seconds = (Date.parse(result.decidedAt ?? result.startedAt) - Date.parse(result.startedAt)) / 1_000;
  const counts = { tests: cases.length, failures: count("failure"), errors: count("error") };
  const suite = element(
    "testsuite",
    {
      name: `coalmine ${result.service}`,
      ...counts,
      skipped: count("skipped"),
      time: seconds,
      timestamp: result.startedAt,
    },
    cases.map((one) => caseElement(one, result.service)),
  );
  return writeXml(element("testsuites", { name: "coalmine", ...counts, time: seconds }, [suite]));
}

interface TestCase {
  readonly name: string;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly details: readonly string[];
}

function metricCase(metric: MetricResult, result: AnalysisResult): TestCase {
  const details = metricRows(metric).map(({ label, text }) => `${label}: ${text}`);
  return { name: metric.name, outcome: metricOutcome(metric, result), reason: metric.reason, details };
}

function metricOutcome({ gate, verdict }: MetricResult, result: AnalysisResult): Outcome {
  const wasCutShort = result.verdict === "fail" && verdict === "inconclusive";
  return !gate || verdict === null || wasCutShort ? "skipped" : outcomeOf(verdict);
}

function analysisCase(result: AnalysisResult): TestCase {
  const advice = nextStep(result);
  return {
    name: "verdict",
    outcome: outcomeOf(result.verdict ?? "inconclusive"),
    reason: result.reason,
    details: advice === null ? [] : [advice],
  };
}

function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict) {
    case "pass":
      return "passed";
    case "fail":
      return "failure";
    case "inconclusive":
      return "error";
  }
}

function caseElement({ name, outcome, reason, details }: TestCase, service: string): XmlElement {
  const output = [reason.text, ...details].join("\n");
  const children =
    outcome === "passed"
      ? [element("system-out", {}, [output])]
      : [
          element(
            outcome,
            outcome === "skipped" ? { message: reason.text } : { message: reason.text, type: reason.code },
            outcome === "skipped" ? [] : [output],
          ),
        ];
  return element("testcase", { classname: service, name }, children);
}

function element(
  name: string,
  attributes: XmlElement["attributes"],
  children: XmlElement["children"],
): XmlElement {
  return { name, attributes, children };
}

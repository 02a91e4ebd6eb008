/** An analysis as Prometheus series: which metrics there are, their labels and their values. */
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { AnalysisResult, Verdict } from "../../analysis/result.ts";

export const metricNames = ["coalmine_verdict", "coalmine_score", "coalmine_evidence"] as const;

export type MetricName = (typeof metricNames)[number];

export function isMetricName(name: string): name is MetricName {
  return metricNames.some((known) => known === name);
}

/** The labels that every series carries and a query may select by. */
const analysisLabels = ["analysis", "key", "service", "namespace", "phase", "verdict"] as const;

/** Those of one metric's series: `coalmine_evidence` has one for each metric of the analysis. */
export function labelsOf(name: MetricName): readonly string[] {
  return name === "coalmine_evidence" ? [...analysisLabels, "metric"] : analysisLabels;
}

/** One series of an analysis, with its value now. */
export interface MetricSeries {
  readonly record: AnalysisRecord;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Undecided lies between the two, on neither side of any sensible threshold. */
const verdictValues = { pass: 1, inconclusive: 0.5, fail: 0 } as const satisfies Record<Verdict, number>;

/** The value of `coalmine_verdict`: 1 pass, 0 fail, 0.5 while it runs and where it ended inconclusive. */
export function verdictValue(verdict: Verdict | null): number {
  return verdictValues[verdict ?? "inconclusive"];
}

/** The series of `name` that stand for an analysis; no evidence, no series. */
export function seriesOf(name: MetricName, record: AnalysisRecord): readonly MetricSeries[] {
  const { result, key } = record;
  const series = (value: number, metric = ""): MetricSeries => ({
    record,
    labels: present({ __name__: name, ...labelsOfResult(result), key: key ?? "", metric }),
    value,
  });
  switch (name) {
    case "coalmine_verdict":
      return [series(verdictValue(result.verdict))];
    case "coalmine_score":
      return [series(result.score)];
    case "coalmine_evidence":
      return result.metrics.flatMap((metric) =>
        metric.evidence.fail === null ? [] : [series(metric.evidence.fail, metric.name)],
      );
  }
}

function labelsOfResult({ id, service, namespace, phase, verdict }: AnalysisResult) {
  return { analysis: id, service, namespace, phase, verdict: verdict ?? "" };
}

/** To Prometheus an empty label and none are the same. */
function present(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

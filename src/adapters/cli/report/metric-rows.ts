/** The numbers behind a metric's verdict as labelled rows, the same for every output that people read. */
import type { CohortSummary, Evidence, MetricResult, QuantileSummary } from "../../../analysis/result.ts";
import {
  formatCount,
  formatLatencyRange,
  formatOddsAgainst,
  formatPercent,
  formatPercentRange,
  formatTimes,
  formatTimesRange,
} from "../../../base/format.ts";

/** One row: `canary` and `8.1 % errors of 1,204 (6.7 to 9.8 %)`. */
export interface Row {
  readonly label: string;
  readonly text: string;
}

/** What is known of the metric; rows without anything to say are left out. */
export function metricRows(metric: MetricResult): readonly Row[] {
  const rows: (Row | null)[] = [
    cohortRow("canary", metric.canary, metric.counts),
    cohortRow("baseline", metric.baseline, metric.counts),
    ratioRow(metric.ratio),
    quantileRow(metric.quantile),
    failRow(metric.evidence),
    passRow(metric.evidence),
  ];
  return rows.filter((row) => row !== null);
}

/** A metric's verdict in a word; what runs no more without one was not needed any more. */
export function verdictWord(metric: MetricResult): string {
  return metric.verdict ?? "undecided";
}

/** The metric's reason without the metric's name before it, which stands beside it anyway. */
export function ownReason({ name, reason }: MetricResult): string {
  return reason.text.startsWith(`${name}: `) ? reason.text.slice(name.length + 2) : reason.text;
}

function cohortRow(label: string, cohort: CohortSummary | null, counts: string): Row | null {
  if (cohort === null) return null;
  if (cohort.rate === null) return { label, text: "no requests" };
  const rate = `${formatPercent(cohort.rate)} ${counts}`;
  return { label, text: `${rate}, of ${formatCount(cohort.total)} (${formatPercentRange(cohort.interval)})` };
}

/** A ratio that may be anything above less than this says nothing. */
const tellingRatio = 0.01;

function ratioRow(ratio: MetricResult["ratio"]): Row | null {
  if (ratio === null || (ratio.estimate === null && ratio.high === null && ratio.low < tellingRatio))
    return null;
  const range = formatTimesRange(ratio.low, ratio.high);
  const text = ratio.estimate === null ? range : `${formatTimes(ratio.estimate)} (${range})`;
  return { label: "ratio", text };
}

function quantileRow(quantile: QuantileSummary | null): Row | null {
  if (quantile === null) return null;
  const baseline = quantile.baseline === null ? "" : `, baseline ${formatLatencyRange(quantile.baseline)}`;
  const label = `p${Number((quantile.q * 100).toPrecision(6))}`;
  return { label, text: `canary ${formatLatencyRange(quantile.canary)}${baseline}` };
}

function failRow({ fail, failNeeds }: Evidence): Row | null {
  return fail === null ? null : { label: "worse", text: formatOddsAgainst(fail, failNeeds) };
}

function passRow({ pass, passNeeds }: Evidence): Row | null {
  return pass === null ? null : { label: "fine", text: formatOddsAgainst(pass, passNeeds) };
}

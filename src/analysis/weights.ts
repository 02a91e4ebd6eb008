import { type CountQuestion, countQuestions, isCountMetric } from "./spec/count-metric.ts";
import type { AnalysisSpec, MetricSpec } from "./spec/model.ts";

/** The part of α that the outage channel takes. */
const outageShare = 0.1;

/** How the false-alarm budget α is shared out; all shares together are 1, or 0 where nothing is tested. */
export interface Shares {
  /** Of the outage channel: 0 where there is none. */
  readonly outage: number;
  /** Of each metric, in the spec's order: 0 for one that does not gate, and for conditions, which are no test. */
  readonly metrics: readonly number[];
  /** Of each metric's questions, in the order of {@link questionsOf}; they add up to the metric's share. */
  readonly questions: readonly (readonly number[])[];
}

export type Question = CountQuestion | "gauge";

/**
 * Shares out α: 0.1 to the outage channel where there is one, the rest among
 * the gating metrics by weight, and within a metric equally among its
 * questions. A question with share w fails at odds of 1/(α·w).
 *
 * Source: research on the statistics, §11.2; the union bound of §4.
 */
export function shareOut(spec: AnalysisSpec): Shares {
  const outage = hasOutageChannel(spec) ? outageShare : 0;
  const weights = spec.metrics.map((metric) =>
    metric.gate && questionsOf(metric).length > 0 ? metric.weight : 0,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const metrics = weights.map((weight) => (sum === 0 ? 0 : ((1 - outage) * weight) / sum));
  const questions = spec.metrics.map((metric, index) => {
    const asked = questionsOf(metric);
    return asked.map(() => (metrics[index] ?? 0) / asked.length);
  });
  return { outage, metrics, questions };
}

/** What a metric is tested for, in the order in which shares and evidence are kept. */
export function questionsOf(metric: MetricSpec): readonly Question[] {
  if (isCountMetric(metric)) return countQuestions(metric);
  return metric.kind === "gauge" ? ["gauge"] : [];
}

/** Whether errors are watched for an outage: there is a gating errors metric and a baseline to hold it against. */
export function hasOutageChannel(spec: AnalysisSpec): boolean {
  if (!spec.outageChannel || spec.baseline === null) return false;
  return spec.metrics.some((metric) => metric.kind === "errors" && metric.gate);
}

import type { Problem } from "../../base/errors.ts";
import { outageGrid } from "../../engine/sequential/grids.ts";
import type { AnalysisState, MetricState } from "../advance/state.ts";
import type { Plan } from "../plan/plan.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { countMetricProblems } from "./count-metric-problems.ts";
import { lengthProblems } from "./length-problems.ts";
import { compareProblems } from "./question-problems.ts";

/**
 * Why a state that has the right form cannot be one of this plan's analysis;
 * empty if it can. To judge on a state of another spec would be to judge
 * another rollout.
 */
export function fitProblems(plan: Plan, state: AnalysisState): readonly Problem[] {
  const { spec } = plan;
  // Before the first look no source has been asked.
  const sources = state.consumedTo === null ? 0 : spec.sources.length;
  const problems = [
    ...lengthProblems("pods", state.pods, sources, "one a source, once one has been read"),
    ...lengthProblems("metrics", state.metrics, spec.metrics.length, "one a metric of the spec"),
    ...outageProblems(plan, state),
  ];
  if (state.ticks > plan.horizon) {
    problems.push({
      path: "ticks",
      message: `expected at most the ${plan.horizon} of the duration, got ${state.ticks}`,
    });
  }
  if (state.metrics.length !== spec.metrics.length) return problems;
  return [...problems, ...state.metrics.flatMap((metric, i) => metricProblems(plan, state, metric, i))];
}

function outageProblems(plan: Plan, { outage, ticks }: AnalysisState): Problem[] {
  const isWatched = plan.outageMetric >= 0;
  if (isWatched !== (outage !== null)) {
    const message = isWatched ? "is missing, and the spec has an outage channel" : "the spec has none";
    return [{ path: "outage", message }];
  }
  return outage === null ? [] : compareProblems("outage.test", outage.test, outageGrid, ticks);
}

function metricProblems(plan: Plan, state: AnalysisState, known: MetricState, index: number): Problem[] {
  const metric = plan.spec.metrics[index];
  const path = `metrics.${index}`;
  if (metric === undefined) return [];
  const kind = isCountMetric(metric) ? "counts" : metric.kind;
  if (known.kind !== kind) {
    return [{ path: `${path}.kind`, message: `expected ${kind}, as ${metric.name} asks, got ${known.kind}` }];
  }
  if (known.kind !== "counts" || !isCountMetric(metric)) return [];
  return countMetricProblems({ plan, index, metric, state, known, path });
}

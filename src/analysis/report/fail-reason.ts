import { formatOdds } from "../../base/format.ts";
import type { AnalysisState } from "../advance/state.ts";
import type { AnalysisEvidence } from "../decide/evidence-of.ts";
import type { Plan } from "../plan/plan.ts";
import type { Reason } from "../result.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { comparedText } from "./compared-text.ts";
import * as counts from "./count-reasons.ts";
import * as rules from "./rule-reasons.ts";

/** What the combined evidence failed on: the gating metric that crossed its own threshold by most, the outage channel, or all together. */
export function failReason(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): Reason {
  const alpha = plan.spec.budget.falseAlarm;
  const crossed = evidence.metrics
    .map((metric, i) => ({ metric, i, crossing: (metric?.fail ?? 0) * (metric?.share ?? 0) * alpha }))
    .filter(({ crossing }) => crossing >= 1)
    .sort((a, b) => b.crossing - a.crossing);
  for (const { metric, i } of crossed) {
    const spec = plan.spec.metrics[i];
    const known = state.metrics[i];
    if (metric === null || spec === undefined) continue;
    if (spec.kind === "gauge") return rules.gaugeWorse(spec.name, metric.fail);
    if (isCountMetric(spec) && known?.kind === "counts") return counts.metricWorse(plan, spec, known, metric);
  }
  const watched = plan.spec.metrics[plan.outageMetric];
  const outageCrossed = evidence.outage * plan.shares.outage * alpha >= 1;
  if (outageCrossed && watched !== undefined && state.outage !== null) {
    return counts.outage(plan, watched.name, state.outage, evidence.outage);
  }
  return counts.combined(plan, evidence, largest(plan, state, evidence));
}

/** At most three parts of the combined evidence, the largest first, each with what was seen. */
function largest(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): string[] {
  const parts = evidence.metrics.flatMap((metric, i) => {
    const spec = plan.spec.metrics[i];
    const known = state.metrics[i];
    if (metric === null || spec === undefined) return [];
    const seen =
      isCountMetric(spec) && known?.kind === "counts" ? comparedText(spec, known, metric) : spec.name;
    return [{ seen, odds: metric.fail, weighted: metric.share * metric.fail }];
  });
  const outage = { seen: "outage", odds: evidence.outage, weighted: plan.shares.outage * evidence.outage };
  return [...parts, outage]
    .filter(({ weighted }) => weighted > 0)
    .sort((a, b) => b.weighted - a.weighted)
    .slice(0, 3)
    .map(({ seen, odds }) => `${seen}, evidence ${formatOdds(odds)}`);
}

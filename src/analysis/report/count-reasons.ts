import { formatDuration } from "../../base/duration.ts";
import { formatCount, formatOdds, formatPercent } from "../../base/format.ts";
import type { AnalysisState, CountMetricState, OutageState } from "../advance/state.ts";
import type { AnalysisEvidence, MetricEvidence } from "../decide/evidence-of.ts";
import type { OpenQuestion } from "../decide/question-verdict.ts";
import { failNeeds, limitRate, type Plan } from "../plan/plan.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Reason } from "../result.ts";
import type { CountMetric } from "../spec/count-metric.ts";
import { comparedText, rateTexts, shownCounts, strongest } from "./compared-text.ts";

/** Reasons in counts: what each cohort did, and what it was held against. */

export function metricWorse(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence,
): Reason {
  const question = strongest(evidence);
  const needs = failNeeds(plan, evidence.share);
  const odds = `evidence ${formatOdds(evidence.fail)}, needs ${formatOdds(needs)}`;
  if (question?.kind === "limit") {
    const limit = `limit ${formatPercent(limitRate(metric))}`;
    return { code: "over-limit", text: `${comparedText(metric, state, evidence)}, ${limit}; ${odds}` };
  }
  return { code: "worse-than-baseline", text: `${comparedText(metric, state, evidence)}; ${odds}` };
}

export function metricFine(
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence,
  code: ReasonCode,
): Reason {
  return { code, text: comparedText(metric, state, evidence) };
}

/** The outage channel counts warming pods too, so its numbers are its own. */
export function outage(plan: Plan, name: string, { counts }: OutageState, odds: number): Reason {
  const needs = 1 / (plan.spec.budget.falseAlarm * plan.shares.outage);
  const seen = rateTexts({ ...counts, canaryWhat: "", baselineWhat: "" });
  const text = `${name}: ${seen}, warm-up included; outage evidence ${formatOdds(odds)}, needs ${formatOdds(needs)}`;
  return { code: "outage", text };
}

export function combined(plan: Plan, evidence: AnalysisEvidence, parts: readonly string[]): Reason {
  const needs = formatOdds(1 / plan.spec.budget.falseAlarm);
  const text = `no metric alone, but together: evidence ${formatOdds(evidence.combined)}, needs ${needs}; ${parts.join("; ")}`;
  return { code: "combined-evidence", text };
}

/** What a pass of the whole analysis rests on. */
export type PassCode = "not-worse" | "within-limit" | "no-regression-seen" | "condition-clear";

/** The whole analysis passed: every gating count metric in one line. */
export function passed(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence, code: PassCode): Reason {
  const parts = plan.spec.metrics.flatMap((metric, i) => {
    const known = state.metrics[i];
    if (!metric.gate || known?.kind !== "counts" || metric.kind === "gauge" || metric.kind === "condition")
      return [];
    return [comparedText(metric, known, evidence.metrics[i] ?? null)];
  });
  const opening = {
    "not-worse": "no worse than the baseline",
    "within-limit": "within its limits",
    "no-regression-seen": "no regression seen, and a clear one would have shown",
    "condition-clear": "no condition held for long enough to fail",
  }[code];
  return { code, text: [opening, ...parts].join("; ") };
}

/** A metric that has neither passed nor failed when the analysis ends; it may end early, by another metric. */
export function undecided(
  plan: Plan,
  metric: CountMetric,
  known: CountMetricState,
  evidence: MetricEvidence,
  open: OpenQuestion,
  state: AnalysisState,
): Reason {
  const { code, moreRequests, at } = open;
  const seen = comparedText(metric, known, evidence, at);
  if (code === "baseline-over-limit") {
    return {
      code,
      text: `${seen}: the baseline is over the limit of ${formatPercent(limitRate(metric))} too`,
    };
  }
  const endedEarly = state.decision !== null && state.decision.at < state.startedAt + plan.spec.durationMs;
  if (endedEarly) return { code, text: `${seen}: still undecided when the analysis ended` };
  const after = formatDuration(plan.spec.durationMs);
  const more =
    moreRequests === null
      ? "the difference lies between the margins, so more requests may not decide it"
      : `about ${formatCount(moreRequests)} more canary requests would tell`;
  return { code, text: `${seen}: neither better nor worse is shown after ${after}; ${more}` };
}

/** What a running count metric has seen. */
export function watching(
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence | null,
): Reason {
  const { nc, nb } = shownCounts(state, null);
  if (nc === 0 && nb === 0) return { code: "watching", text: `${metric.name}: no requests counted yet` };
  return { code: "watching", text: comparedText(metric, state, evidence) };
}

import { hasHeld } from "../advance/condition-metric.ts";
import type { AnalysisState, CountMetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import { requestsSoFar } from "../advance/traffic.ts";
import type { Plan } from "../plan/plan.ts";
import * as text from "../report/reason-text.ts";
import type { Reason, Verdict } from "../result.ts";
import { type CountMetric, isCountMetric } from "../spec/count-metric.ts";
import type { AnalysisEvidence, MetricEvidence } from "./evidence-of.ts";
import { leastSettledTicks, questionVerdict } from "./question-verdict.ts";

export interface Found {
  readonly verdict: Verdict;
  readonly reason: Reason;
}

/** The verdict at the end of the duration, when nothing has failed: pass only if every gating metric does. */
export function finalVerdict(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): Found {
  const found = plan.spec.metrics.map((metric, i) =>
    metric.gate ? finalMetricVerdict(plan, state, evidence, i) : null,
  );
  const gating = found.filter((one) => one !== null);
  const open = lacksTraffic(plan, state) ?? gating.find(({ verdict }) => verdict !== "pass") ?? null;
  if (open !== null) {
    if (plan.spec.onDeadline !== "fail") return open;
    return { verdict: "fail", reason: text.deadline(open.reason) };
  }
  if (gating.length === 0) return { verdict: "inconclusive", reason: text.nothingGates() };
  const byEvidence = gating.every(({ reason }) => reason.code !== "no-regression-seen");
  const onlyLimits = plan.spec.baseline === null;
  const code = !byEvidence ? "no-regression-seen" : onlyLimits ? "within-limit" : "not-worse";
  return { verdict: "pass", reason: text.passed(plan, state, evidence, code) };
}

/** One metric's verdict at the end of the duration; gating or not. */
export function finalMetricVerdict(
  plan: Plan,
  state: AnalysisState,
  evidence: AnalysisEvidence,
  index: number,
): Found {
  const metric = plan.spec.metrics[index];
  const known = state.metrics[index];
  if (metric?.kind === "condition" && known?.kind === "condition") {
    if (hasHeld(metric, known)) return { verdict: "fail", reason: text.conditionHeld(metric) };
    if (known.lastSeen === null)
      return { verdict: "inconclusive", reason: text.noSeries(plan, index, "canary") };
    return { verdict: "pass", reason: text.conditionClear(metric) };
  }
  const metricEvidence = evidence.metrics[index] ?? null;
  if (metric?.kind === "gauge" && known?.kind === "gauge") {
    return gaugeVerdict(plan, index, known.blocks, metricEvidence);
  }
  if (metric === undefined || !isCountMetric(metric) || known?.kind !== "counts") {
    return { verdict: "inconclusive", reason: text.nothingGates() };
  }
  return countVerdict(plan, state, metric, known, metricEvidence, index);
}

/** Whether every gating metric has the evidence to pass before the end (`pass: early`). */
export function passesEarly(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): boolean {
  if (state.settledTicks < leastSettledTicks || lacksTraffic(plan, state) !== null) return false;
  const needed = 1 / plan.spec.budget.falsePass;
  const gating = plan.spec.metrics.map((metric, i) => ({ metric, i })).filter(({ metric }) => metric.gate);
  return (
    gating.length > 0 &&
    gating.every(({ metric, i }) => {
      if (metric.kind === "condition") return finalMetricVerdict(plan, state, evidence, i).verdict === "pass";
      return (evidence.metrics[i]?.pass ?? 0) >= needed;
    })
  );
}

/** Why no count can carry a verdict yet; null when there is traffic enough, or nothing counts requests. */
function lacksTraffic(plan: Plan, state: AnalysisState): Found | null {
  const metric = state.metrics[plan.trafficMetric];
  if (plan.trafficMetric < 0 || metric?.kind !== "counts") return null;
  const requests = requestsSoFar(state.traffic);
  const inconclusive = (reason: Reason): Found => ({ verdict: "inconclusive", reason });
  if (requests.canary === 0) return inconclusive(noTraffic(plan, metric, "canary"));
  if (plan.spec.baseline !== null && requests.baseline === 0)
    return inconclusive(noTraffic(plan, metric, "baseline"));
  const settled = totals(metric.rows, 0, 0).nc;
  if (settled >= plan.spec.minCanaryRequests) return null;
  return inconclusive(text.tooFewRequests(plan, settled));
}

function noTraffic(plan: Plan, metric: CountMetricState, cohort: "canary" | "baseline"): Reason {
  return metric.sampled[cohort]
    ? text.noRequests(plan, cohort)
    : text.noSeries(plan, plan.trafficMetric, cohort);
}

function countVerdict(
  plan: Plan,
  state: AnalysisState,
  metric: CountMetric,
  known: CountMetricState,
  evidence: MetricEvidence | null,
  index: number,
): Found {
  if (!known.sampled.canary) return { verdict: "inconclusive", reason: text.noSeries(plan, index, "canary") };
  if (plan.spec.baseline !== null && !known.sampled.baseline) {
    return { verdict: "inconclusive", reason: text.noSeries(plan, index, "baseline") };
  }
  if (evidence === null) return { verdict: "inconclusive", reason: text.noBoundaries(metric) };
  if (evidence.fail * (evidence.share || 1) >= 1 / plan.spec.budget.falseAlarm) {
    return { verdict: "fail", reason: text.metricWorse(plan, metric, known, evidence) };
  }
  const verdicts = evidence.questions.map((question) =>
    questionVerdict(plan, metric, known, question, state.settledTicks),
  );
  const open = verdicts.find((verdict) => verdict.kind === "inconclusive");
  if (open !== undefined) {
    return {
      verdict: "inconclusive",
      reason: text.undecided(plan, metric, known, evidence, open, state),
    };
  }
  const code =
    verdicts.find(({ code }) => code === "no-regression-seen")?.code ?? verdicts[0]?.code ?? "not-worse";
  return { verdict: "pass", reason: text.metricFine(metric, known, evidence, code) };
}

function gaugeVerdict(plan: Plan, index: number, blocks: number, evidence: MetricEvidence | null): Found {
  const metric = plan.spec.metrics[index];
  if (metric === undefined || evidence === null || blocks === 0) {
    return { verdict: "inconclusive", reason: text.noSeries(plan, index, "canary") };
  }
  if (evidence.fail * (evidence.share || 1) >= 1 / plan.spec.budget.falseAlarm) {
    return { verdict: "fail", reason: text.gaugeWorse(metric.name, evidence.fail) };
  }
  if (evidence.pass >= 1 / plan.spec.budget.falsePass) {
    return { verdict: "pass", reason: text.gaugeFine(metric.name) };
  }
  return { verdict: "inconclusive", reason: text.gaugeUndecided(metric.name, blocks) };
}

import { hasHeld } from "../advance/condition-metric.ts";
import { marginsOf } from "../advance/count-metric.ts";
import { silentMs } from "../advance/silence.ts";
import type { AnalysisState, CountMetricState, GaugeMetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import { requestsSoFar, settledTicks } from "../advance/traffic.ts";
import { leastSilenceMs } from "../least-silence.ts";
import { failNeeds, type Plan } from "../plan/plan.ts";
import * as counts from "../report/count-reasons.ts";
import * as missing from "../report/missing-data-reasons.ts";
import * as rules from "../report/rule-reasons.ts";
import type { Reason, Verdict } from "../result.ts";
import { type CountMetric, countQuestions, isCountMetric } from "../spec/count-metric.ts";
import type { AnalysisEvidence, MetricEvidence } from "./evidence-of.ts";
import { indexes, leastSettledTicks, questionVerdict } from "./question-verdict.ts";
import { unmatchedHarm } from "./unmatched.ts";

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
    return { verdict: "fail", reason: rules.deadline(open.reason) };
  }
  if (gating.length === 0) return { verdict: "inconclusive", reason: rules.nothingGates() };
  const codes = gating.map(({ reason }) => reason.code);
  return { verdict: "pass", reason: counts.passed(plan, state, evidence, weakestPass(codes)) };
}

/** The passes a whole analysis can have, the one that says least first. */
const passCodes = ["no-regression-seen", "not-worse", "within-limit", "condition-clear"] as const;

/** What all the gating metrics' passes come to: no more than the weakest of them says. */
function weakestPass(codes: readonly string[]): counts.PassCode {
  return passCodes.find((code) => codes.includes(code)) ?? "not-worse";
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
    if (hasHeld(metric, known)) return { verdict: "fail", reason: rules.conditionHeld(metric) };
    if (known.lastSeen === null)
      return { verdict: "inconclusive", reason: missing.noSeries(plan, index, "canary") };
    const unseen = (state.consumedTo ?? known.lastSeen) - known.lastSeen;
    if (unseen >= leastSilenceMs)
      return { verdict: "inconclusive", reason: missing.wentSilent(plan, index, "canary", unseen) };
    return { verdict: "pass", reason: rules.conditionClear(metric) };
  }
  const metricEvidence = evidence.metrics[index] ?? null;
  if (metric?.kind === "gauge" && known?.kind === "gauge") {
    return gaugeVerdict(plan, index, known, metricEvidence);
  }
  if (metric === undefined || !isCountMetric(metric) || known?.kind !== "counts") {
    return { verdict: "inconclusive", reason: rules.nothingGates() };
  }
  return countVerdict(plan, state, metric, known, metricEvidence, index);
}

/** Whether every gating metric has the evidence to pass before the end (`pass: early`). */
export function passesEarly(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): boolean {
  if (settledTicks(plan, state) < leastSettledTicks || lacksTraffic(plan, state) !== null) return false;
  const needed = 1 / plan.spec.budget.falsePass;
  const gating = plan.spec.metrics.map((metric, i) => ({ metric, i })).filter(({ metric }) => metric.gate);
  return (
    gating.length > 0 &&
    gating.every(({ i }) => {
      if (finalMetricVerdict(plan, state, evidence, i).verdict !== "pass") return false;
      const known = state.metrics[i];
      // One that holds now may yet hold for long enough.
      if (known?.kind === "condition") return known.holdingSince === null;
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
  return inconclusive(missing.tooFewRequests(plan, settled));
}

function noTraffic(plan: Plan, metric: CountMetricState, cohort: "canary" | "baseline"): Reason {
  if (!metric.sampled[cohort] && metric.droppedLooks > 0)
    return missing.allDropped(plan, plan.trafficMetric, metric.droppedLooks);
  return metric.sampled[cohort]
    ? missing.noRequests(plan, cohort)
    : missing.noSeries(plan, plan.trafficMetric, cohort);
}

function countVerdict(
  plan: Plan,
  state: AnalysisState,
  metric: CountMetric,
  known: CountMetricState,
  evidence: MetricEvidence | null,
  index: number,
): Found {
  const inconclusive = (reason: Reason): Found => ({ verdict: "inconclusive", reason });
  const unread = unreadReason(plan, known, index);
  if (unread !== null) return inconclusive(unread);
  if (evidence === null) return inconclusive(missing.noBoundaries(metric));
  if (known.layout?.compare.length === 0 && metric.compare !== null)
    return inconclusive(missing.beyondBoundaries(metric));
  if (evidence.fail >= failNeeds(plan, evidence.share)) {
    return { verdict: "fail", reason: counts.metricWorse(plan, metric, known, evidence) };
  }
  for (const cohort of ["canary", "baseline"] as const) {
    const silent = silentMs(known.silence, cohort);
    if (silent >= leastSilenceMs) return inconclusive(missing.wentSilent(plan, index, cohort, silent));
  }
  // A window of counts given as fewer ticks is all there is.
  const leastTicks = Math.min(leastSettledTicks, plan.horizon);
  if (known.settledTicks < leastTicks)
    return inconclusive(missing.tooFewTicks(plan, index, known, leastTicks));
  const harm = unmatchedReason(plan, metric, known, index);
  if (harm !== null) return inconclusive(harm);
  const verdicts = evidence.questions.map((question) => questionVerdict(plan, metric, known, question));
  const open = verdicts.find((verdict) => verdict.kind === "inconclusive");
  if (open !== undefined) {
    return {
      verdict: "inconclusive",
      reason: counts.undecided(plan, metric, known, evidence, open, state),
    };
  }
  const code =
    verdicts.find(({ code }) => code === "no-regression-seen")?.code ?? verdicts[0]?.code ?? "not-worse";
  return { verdict: "pass", reason: counts.metricFine(metric, known, evidence, code) };
}

/** Whether the canary did plain harm while there was no baseline to hold it against. */
function unmatchedReason(
  plan: Plan,
  metric: CountMetric,
  known: CountMetricState,
  index: number,
): Reason | null {
  const { layout, rows, dispersion } = known;
  if (layout === null) return null;
  for (const kind of countQuestions(metric)) {
    if (kind === "limit") continue;
    const margin = marginsOf(metric, kind).pass;
    for (const at of indexes(layout, kind)) {
      const harm = unmatchedHarm(rows, at, margin, dispersion, 1 / plan.spec.budget.falsePass);
      if (harm !== null) return missing.unmatched(plan, index, harm);
    }
  }
  return null;
}

/** Why a count metric was never read; null once it was. */
function unreadReason(plan: Plan, known: CountMetricState, index: number): Reason | null {
  const { sampled, layout, distribution, droppedLooks } = known;
  const isRead = sampled.canary && (plan.spec.baseline === null || sampled.baseline);
  const awaitsBoundaries = layout === null && (distribution?.bounds.length ?? 0) > 0;
  if (isRead || awaitsBoundaries) return null;
  if (droppedLooks > 0) return missing.allDropped(plan, index, droppedLooks);
  return missing.noSeries(plan, index, sampled.canary ? "baseline" : "canary");
}

function gaugeVerdict(
  plan: Plan,
  index: number,
  { blocks, missedBlocks }: GaugeMetricState,
  evidence: MetricEvidence | null,
): Found {
  const metric = plan.spec.metrics[index];
  if (metric === undefined || evidence === null || blocks === 0) {
    return { verdict: "inconclusive", reason: missing.noSeries(plan, index, "canary") };
  }
  if (evidence.fail >= failNeeds(plan, evidence.share)) {
    return { verdict: "fail", reason: rules.gaugeWorse(metric.name, evidence.fail) };
  }
  if (missedBlocks > 0) {
    return { verdict: "inconclusive", reason: rules.gaugeMissed(metric.name, missedBlocks) };
  }
  if (evidence.pass >= 1 / plan.spec.budget.falsePass) {
    return { verdict: "pass", reason: rules.gaugeFine(metric.name) };
  }
  return { verdict: "inconclusive", reason: rules.gaugeUndecided(metric.name, blocks) };
}

import { formatDuration } from "../../base/duration.ts";
import { formatCount, formatOdds, formatPercent } from "../../base/format.ts";
import type { AnalysisState, CountMetricState, OutageState } from "../advance/state.ts";
import type { AnalysisEvidence, MetricEvidence } from "../decide/evidence-of.ts";
import type { OpenQuestion } from "../decide/question-verdict.ts";
import type { Cohort } from "../observation.ts";
import { limitRate, type Plan } from "../plan/plan.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Reason } from "../result.ts";
import { renderSelector } from "../selector.ts";
import type { CountMetric } from "../spec/count-metric.ts";
import type { ConditionMetric } from "../spec/model.ts";
import type { MetricQuery } from "../telemetry.ts";
import { comparedText, rateTexts, shownCounts, strongest } from "./compared-text.ts";

/** One line for every reason a verdict can have: what was seen, in numbers, and what it was held against. */

export function metricWorse(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence,
): Reason {
  const question = strongest(evidence);
  const needs = 1 / (plan.spec.budget.falseAlarm * (evidence.share || 1));
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

export function tooFewRequests(plan: Plan, seen: number): Reason {
  const text = `${formatCount(seen)} canary requests past warm-up in ${formatDuration(plan.spec.durationMs)}, needs ${formatCount(plan.spec.minCanaryRequests)} (minCanaryRequests)`;
  return { code: "too-few-requests", text };
}

/** The selector found nothing, or nothing that can be counted. */
export function noSeries(plan: Plan, index: number, cohort: Cohort): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const selector = selectorOf(plan.telemetry.queries[index], cohort);
  return { code: noDataCode(cohort), text: `${name}: no ${cohort} samples from ${selector}` };
}

export function noRequests(plan: Plan, cohort: Cohort): Reason {
  const selector = selectorOf(plan.telemetry.queries[plan.trafficMetric], cohort);
  return {
    code: noDataCode(cohort),
    text: `the ${cohort}'s series exist and never move: no requests in ${selector}`,
  };
}

/** A cohort that had been read and then was not, or not so that it could be counted. */
export function wentSilent(plan: Plan, index: number, cohort: Cohort, ms: number): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const selector = selectorOf(plan.telemetry.queries[index], cohort);
  const text = `${name}: no usable ${cohort} samples for ${formatDuration(ms)} from ${selector}`;
  return { code: noDataCode(cohort), text };
}

/** Samples came, and none that could be counted. */
export function allDropped(plan: Plan, index: number, looks: number): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const text = `${name}: the counts of ${formatCount(looks)} looks could not be true and were left out; nothing is left to judge`;
  return { code: "no-data", text };
}

/** Canary requests that came while the baseline had none, and went wrong. */
export function unmatched(
  plan: Plan,
  index: number,
  { total, bad }: { readonly total: number; readonly bad: number },
): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const text = `${name}: ${formatCount(bad)} of ${formatCount(total)} canary requests were bad while the baseline had none to compare them with`;
  return { code: "no-baseline-data", text };
}

/** Too short a stretch of settled traffic for a pass. */
export function tooFewTicks(
  plan: Plan,
  index: number,
  { settledTicks }: CountMetricState,
  least: number,
): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const who = plan.spec.baseline === null ? "canary requests" : "requests of both cohorts";
  const text = `${name}: ${who} past warm-up in ${settledTicks} whole ticks, needs ${least}`;
  return { code: "too-few-requests", text };
}

export function noBoundaries(metric: CountMetric): Reason {
  const text = `${metric.name}: the baseline had too few requests to choose latency boundaries from`;
  return { code: "no-baseline-data", text };
}

/** A histogram whose boundaries are all below what the baseline takes. */
export function beyondBoundaries(metric: CountMetric): Reason {
  const text = `${metric.name}: most of the baseline's latencies lie beyond every boundary of the histogram, so none can tell the cohorts apart`;
  return { code: "no-baseline-data", text };
}

export function sourceUnavailable(plan: Plan, away: { readonly message: string }): Reason {
  const span = formatDuration(plan.spec.sourceTimeoutMs);
  return {
    code: "source-unavailable",
    text: `no answer from the metrics source for ${span}: ${away.message}`,
  };
}

export function trafficLost(plan: Plan, { traffic }: AnalysisState): Reason {
  const span = formatDuration(traffic.flat.ticks * plan.spec.tickMs);
  const text = `the canary is still scraped but got no request for ${span}, after ${formatCount(traffic.canary)} before; the baseline got ${formatCount(traffic.flat.baseline)} in that time`;
  return { code: "traffic-lost", text };
}

export function conditionHeld(metric: ConditionMetric): Reason {
  return {
    code: "condition-held",
    text: `${metric.name}: ${metric.query} has held for ${formatDuration(metric.forMs)}`,
  };
}

export function conditionClear(metric: ConditionMetric): Reason {
  const text = `${metric.name}: ${metric.query} did not hold for ${formatDuration(metric.forMs)}`;
  return { code: "condition-clear", text };
}

export function gaugeWorse(name: string, odds: number): Reason {
  return {
    code: "worse-than-baseline",
    text: `${name}: beyond its margin in nearly every block, evidence ${formatOdds(odds)}`,
  };
}

export function gaugeFine(name: string): Reason {
  return { code: "not-worse", text: `${name}: within its margin in nearly every block` };
}

export function gaugeUndecided(name: string, blocks: number): Reason {
  return { code: "underpowered", text: `${name}: neither side of its margin is shown in ${blocks} blocks` };
}

export function gaugeMissed(name: string, blocks: number): Reason {
  const text = `${name}: a cohort had no sample in the last ${blocks === 1 ? "block" : `${blocks} blocks`}`;
  return { code: "no-data", text };
}

export function deadline(open: Reason): Reason {
  return {
    code: "deadline",
    text: `undecided at the deadline, and the spec says to fail then: ${open.text}`,
  };
}

export function nothingGates(): Reason {
  return { code: "no-data", text: "no metric gates, so nothing could pass" };
}

/** What an undecided analysis or metric says while it runs. */
export function running(state: AnalysisState, warmupMs: number, now: number): Reason {
  const isWarming = state.settledTicks === 0 && now - state.startedAt < warmupMs;
  if (state.sourceAway !== null) {
    return { code: "watching", text: `waiting for the metrics source: ${state.sourceAway.message}` };
  }
  if (isWarming)
    return { code: "warming-up", text: `pods younger than ${formatDuration(warmupMs)} are not judged yet` };
  return { code: "watching", text: "no verdict yet" };
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

function noDataCode(cohort: Cohort): ReasonCode {
  return cohort === "canary" ? "no-data" : "no-baseline-data";
}

function selectorOf(query: MetricQuery | undefined, cohort: Cohort): string {
  if (query === undefined) return "no selector";
  const selectors = {
    errors: () => (query.kind === "errors" ? query.requests : null),
    latency: () => (query.kind === "latency" ? bucketsOf(query.histogram) : null),
    ratio: () => (query.kind === "ratio" ? query.total : null),
    gauge: () => (query.kind === "gauge" ? query.values : null),
    condition: () => (query.kind === "condition" ? query.values : null),
  }[query.kind]();
  const selector = selectors?.[cohort] ?? null;
  return selector === null ? "no selector" : renderSelector(selector);
}

function bucketsOf({ canary, baseline }: Extract<MetricQuery, { kind: "latency" }>["histogram"]) {
  const bucket = (metric: string) => `${metric}_bucket`;
  return {
    canary: { ...canary, metric: bucket(canary.metric) },
    baseline: baseline && { ...baseline, metric: bucket(baseline.metric) },
  };
}

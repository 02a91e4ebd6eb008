import { hasHeld } from "../advance/condition-metric.ts";
import { silentMs } from "../advance/silence.ts";
import type { AnalysisState, Decision } from "../advance/state.ts";
import { leastSilenceMs } from "../least-silence.ts";
import type { Plan } from "../plan/plan.ts";
import { failReason } from "../report/fail-reason.ts";
import * as missing from "../report/missing-data-reasons.ts";
import * as rules from "../report/rule-reasons.ts";
import type { Reason } from "../result.ts";
import { type AnalysisEvidence, evidenceOf } from "./evidence-of.ts";
import { finalVerdict, passesEarly } from "./final-verdict.ts";

/**
 * The decision rule (stats.md §5, §10, §11): a fail as soon as the evidence is
 * there, a pass at the end of the duration, inconclusive when neither can be
 * known. Checked in this order, so that a fail wins over everything found in
 * the same look.
 */
export function decide(plan: Plan, state: AnalysisState, now: number): AnalysisState {
  const evidence = evidenceOf(plan, state);
  const settle = (verdict: Decision["verdict"], reason: Reason): AnalysisState => ({
    ...state,
    decision: { verdict, reason, at: now, phase: "done" },
  });

  const failure = failureOf(plan, state, evidence);
  if (failure !== null) return settle("fail", failure);

  if (state.sourceAway !== null) {
    const isOver = now - state.sourceAway.since >= plan.spec.sourceTimeoutMs;
    return isOver ? settle("inconclusive", missing.sourceUnavailable(plan, state.sourceAway)) : state;
  }

  const silence = silenceOf(plan, state);
  if (silence !== null) return settle("inconclusive", silence);

  if (plan.spec.pass === "early" && passesEarly(plan, state, evidence)) {
    const { verdict, reason } = finalVerdict(plan, state, evidence);
    return settle(verdict, reason);
  }
  if (now < state.startedAt + plan.spec.durationMs) return state;
  const final = finalVerdict(plan, state, evidence);
  return settle(final.verdict, final.reason);
}

function failureOf(plan: Plan, state: AnalysisState, evidence: AnalysisEvidence): Reason | null {
  for (const [i, metric] of state.metrics.entries()) {
    const spec = plan.spec.metrics[i];
    if (metric.kind === "condition" && spec?.kind === "condition" && spec.gate && hasHeld(spec, metric)) {
      return rules.conditionHeld(spec);
    }
  }
  if (isTrafficLost(state)) return rules.trafficLost(plan, state);
  // Without gates there is nothing to add up, and nothing to fail.
  return evidence.combined >= 1 / plan.spec.budget.falseAlarm ? failReason(plan, state, evidence) : null;
}

const lostTicks = 3;
const leastSeenRequests = 50;
const leastExpectedRequests = 15;

/**
 * The canary is still scraped and gets nothing while the baseline goes on
 * (§10.7, §11.8). A canary that saw little, or would have been sent little in
 * those ticks, may just be quiet.
 */
function isTrafficLost({ traffic, weight }: AnalysisState): boolean {
  if (weight === 0 || traffic.flat.ticks < lostTicks || traffic.canary <= leastSeenRequests) return false;
  const baselineBefore = traffic.baseline - traffic.flat.baseline;
  if (baselineBefore <= 0) return false;
  const odds = Math.min(traffic.canary / baselineBefore, oddsOf(weight));
  const expected = traffic.flat.baseline * odds;
  return expected >= leastExpectedRequests;
}

/** Canary requests to one of the baseline's by the caller's word; no bound where nobody said. */
function oddsOf(weight: number | null): number {
  return weight === null || weight >= 100 ? Number.POSITIVE_INFINITY : weight / (100 - weight);
}

const silentTicks = 5;

/** A gating metric's cohort that was seen and has had no sample for five ticks; one that was never seen is waited for (§11.9). */
function silenceOf(plan: Plan, state: AnalysisState): Reason | null {
  const least = Math.max(silentTicks * plan.spec.tickMs, leastSilenceMs);
  for (const [i, metric] of state.metrics.entries()) {
    if (metric.kind !== "counts" || plan.spec.metrics[i]?.gate !== true) continue;
    for (const cohort of ["canary", "baseline"] as const) {
      const silent = silentMs(metric.silence, cohort);
      if (silent >= least) return missing.wentSilent(plan, i, cohort, silent);
    }
  }
  return null;
}

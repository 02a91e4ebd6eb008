import type { AnalysisEvidence } from "../decide/evidence-of.ts";
import type { Plan } from "../plan/plan.ts";
import type { Verdict } from "../result.ts";

/**
 * A verdict as a number for hosts that want one, monotone in the evidence: pass
 * 75 to 100, inconclusive and running 25 to below 75, fail below 25; so a
 * condition says `>= 75` and `< 25`.
 *
 * Both halves are on the log scale: half-way to a threshold in nats is half-way in points.
 */
export function scoreOf(plan: Plan, evidence: AnalysisEvidence, verdict: Verdict | null): number {
  const failNeeds = 1 / plan.spec.budget.falseAlarm;
  const passNeeds = 1 / plan.spec.budget.falsePass;
  const towardsFail = progress(evidence.combined, failNeeds);
  const passes = evidence.metrics
    .filter((metric) => metric !== null && metric.share > 0)
    .map((metric) => progress(metric?.pass ?? 0, passNeeds));
  const towardsPass = passes.length === 0 ? 0 : Math.min(...passes);
  if (verdict === "fail")
    return round((25 * 0.99) / (1 + Math.max(0, Math.log(evidence.combined / failNeeds))));
  if (verdict === "pass") return round(75 + 25 * Math.min(1, towardsPass));
  const between = 50 + 24.9 * Math.min(1, towardsPass) - 25 * Math.min(1, towardsFail);
  return round(Math.min(74.9, Math.max(25, between)));
}

function progress(evidence: number, needs: number): number {
  return evidence <= 1 ? 0 : Math.log(evidence) / Math.log(needs);
}

function round(score: number): number {
  return Math.round(score * 100) / 100;
}

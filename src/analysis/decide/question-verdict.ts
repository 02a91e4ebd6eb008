import { limitRequestsNeeded } from "../../engine/planning/design-evidence.ts";
import { marginsOf } from "../advance/count-metric.ts";
import type { CountMetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { Layout } from "../latency/layout.ts";
import { type CountMetric, limitRate, type Plan } from "../plan/plan.ts";
import type { ReasonCode } from "../reasons.ts";
import type { QuestionEvidence } from "./evidence-of.ts";
import { designEvidence } from "./power.ts";

/** What the deadline finds on one question that has not failed. */
export type QuestionVerdict =
  | { readonly kind: "pass"; readonly code: ReasonCode }
  | { readonly kind: "inconclusive"; readonly code: ReasonCode; readonly moreRequests: number | null };

/** Fewest committed ticks with settled traffic before "no regression seen" may pass. */
export const leastSettledTicks = 3;

/**
 * The verdict on one question at the deadline (stats.md §5, §11.5, §11.6).
 *
 * Every boundary must pass: by its own evidence, or, with `passIfPowered`,
 * because nothing speaks against it, its estimate is within the fail margin and
 * a regression three times the baseline would have shown.
 */
export function questionVerdict(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  evidence: QuestionEvidence,
  settledTicks: number,
): QuestionVerdict {
  const passNeeds = 1 / plan.spec.budget.falsePass;
  if (evidence.pass >= passNeeds && evidence.boundaries.length > 0) {
    return { kind: "pass", code: evidence.kind === "limit" ? "within-limit" : "not-worse" };
  }
  if (evidence.withheld) return { kind: "inconclusive", code: "baseline-over-limit", moreRequests: null };
  const needed = -Math.log(plan.spec.budget.falseAlarm * (evidence.share || 1)) + 1.5;
  const checks = boundaryChecks(metric, state, evidence, needed);
  const powered = checks.every((check, i) => check.clear || (evidence.boundaries[i]?.pass ?? 0) >= passNeeds);
  const mayPass = plan.spec.onDeadline === "passIfPowered" && settledTicks >= leastSettledTicks;
  if (mayPass && powered && checks.length > 0) return { kind: "pass", code: "no-regression-seen" };
  const missing = checks.map((check, i) =>
    moreRequests(check, evidence.boundaries[i]?.pass ?? 0, passNeeds, plan.spec.onDeadline === "passIfPowered"),
  );
  const known = missing.filter((count) => count !== null);
  const more = known.length === missing.length && known.length > 0 ? Math.max(...known) : null;
  return { kind: "inconclusive", code: "underpowered", moreRequests: more };
}

interface BoundaryCheck {
  readonly clear: boolean;
  readonly canaryRequests: number;
  /** Canary requests at which the design regression would have shown; null where that cannot be told. */
  readonly powerRequests: number | null;
  /** Whether the canary's own estimate is where more requests would let it pass. */
  readonly estimateFine: boolean;
}

function boundaryChecks(
  metric: CountMetric,
  state: CountMetricState,
  evidence: QuestionEvidence,
  needed: number,
): BoundaryCheck[] {
  const { layout } = state;
  if (layout === null) return [];
  if (evidence.kind === "limit") {
    const at = layout.limit?.pass ?? null;
    const { nc, xc } = totals(state.rows, at, at);
    const limit = limitRate(metric);
    const powerRequests = limitRequestsNeeded(limit, needed - 1.5) * state.dispersion;
    const estimateFine = nc > 0 && xc / nc <= limit;
    const clear = evidence.fail < 1 && estimateFine && nc >= powerRequests;
    return [{ clear, canaryRequests: nc, powerRequests, estimateFine }];
  }
  const { fail: margin } = marginsOf(metric, evidence.kind === "slower" ? "slower" : "compare");
  return indexes(layout, evidence.kind).map(({ canary, baseline }, i) => {
    const { nc, xc, nb, xb } = totals(state.rows, canary, baseline);
    const evidenceSoFar = designEvidence(state.rows, canary, baseline, margin, state.dispersion);
    const estimateFine = nc > 0 && nb > 0 && xc / nc <= margin.ratio * (xb / nb) + margin.points;
    const against = evidence.boundaries[i]?.fail ?? 1;
    return {
      clear: against < 1 && estimateFine && evidenceSoFar >= needed,
      canaryRequests: nc,
      powerRequests: evidenceSoFar > 0 ? (nc * needed) / evidenceSoFar : null,
      estimateFine,
    };
  });
}

/** Which counts each boundary of a question compares. */
export function indexes(layout: Layout, kind: QuestionEvidence["kind"]) {
  if (kind === "slower") {
    return layout.slower === null ? [] : [{ canary: layout.slower.pass, baseline: layout.slower.baseline }];
  }
  return layout.compare.map((index) => ({ canary: index, baseline: index }));
}

/** About how many more canary requests until this boundary passes, if it goes on as so far; null if it would not. */
function moreRequests(check: BoundaryCheck, pass: number, passNeeds: number, byPower: boolean): number | null {
  if (pass >= passNeeds || check.clear) return 0;
  const ways: number[] = [];
  if (pass > 1) ways.push(check.canaryRequests * (Math.log(passNeeds) / Math.log(pass)));
  if (byPower && check.estimateFine && check.powerRequests !== null) ways.push(check.powerRequests);
  return ways.length === 0 ? null : Math.max(1, Math.ceil(Math.min(...ways) - check.canaryRequests));
}

import { limitRequestsNeeded } from "../../engine/planning/design-evidence.ts";
import { marginsOf } from "../advance/count-metric.ts";
import type { CountMetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { Layout } from "../latency/layout.ts";
import { failNeeds, limitRate, type Plan } from "../plan/plan.ts";
import type { ReasonCode } from "../reasons.ts";
import type { CountMetric } from "../spec/count-metric.ts";
import type { Margin } from "../spec/model.ts";
import type { QuestionEvidence } from "./evidence-of.ts";
import { designEvidence } from "./power.ts";
import { requestsToPassLimit, requestsToPassMargin } from "./requests-to-pass.ts";

/** What the deadline finds on one question that has not failed. */
export type QuestionVerdict =
  | { readonly kind: "pass"; readonly code: ReasonCode }
  | ({ readonly kind: "inconclusive" } & OpenQuestion);

/** Why a question stays open. */
export interface OpenQuestion {
  readonly code: ReasonCode;
  /** About how many more canary requests would answer it; null where more may not. */
  readonly moreRequests: number | null;
  /** The counts that lack evidence; null where it is not for want of evidence. */
  readonly at: CountIndexes | null;
}

/** Which of the layout's counts stand for each cohort; null counts every request as bad. */
export interface CountIndexes {
  readonly canary: number | null;
  readonly baseline: number | null;
}

/** Fewest committed ticks with settled traffic before a metric may pass (stats.md §5, §11.5). */
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
): QuestionVerdict {
  const passNeeds = 1 / plan.spec.budget.falsePass;
  if (evidence.pass >= passNeeds && evidence.boundaries.length > 0) {
    return { kind: "pass", code: evidence.kind === "limit" ? "within-limit" : "not-worse" };
  }
  if (evidence.withheld) {
    return { kind: "inconclusive", code: "baseline-over-limit", moreRequests: null, at: null };
  }
  const needed = Math.log(failNeeds(plan, evidence.share)) + 1.5;
  const checks = boundaryChecks(metric, state, evidence, needed, passNeeds);
  const powered = checks.every((check, i) => check.clear || (evidence.boundaries[i]?.pass ?? 0) >= passNeeds);
  const mayPass = plan.spec.onDeadline === "passIfPowered" && state.settledTicks >= leastSettledTicks;
  if (mayPass && powered && checks.length > 0) return { kind: "pass", code: "no-regression-seen" };
  const byPower = plan.spec.onDeadline === "passIfPowered";
  const open = checks
    .filter((check, i) => !check.clear && (evidence.boundaries[i]?.pass ?? 0) < passNeeds)
    .map((check) => ({ at: check.at, moreRequests: moreRequests(check, byPower, state.settledTicks) }))
    .sort((a, b) => (b.moreRequests ?? Number.MAX_VALUE) - (a.moreRequests ?? Number.MAX_VALUE));
  const worst = open[0] ?? { at: null, moreRequests: null };
  return { kind: "inconclusive", code: "underpowered", ...worst };
}

interface BoundaryCheck {
  readonly at: CountIndexes;
  readonly clear: boolean;
  readonly canaryRequests: number;
  /** Canary requests in all at which a regression would have shown; null where more would not let it pass that way. */
  readonly powerRequests: number | null;
  /** Canary requests in all at which the pass margin would be shown to be met; null where more would not show it. */
  readonly passRequests: number | null;
}

function boundaryChecks(
  metric: CountMetric,
  state: CountMetricState,
  evidence: QuestionEvidence,
  needed: number,
  passNeeds: number,
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
    const passRequests = requestsToPassLimit({ total: nc, bad: xc }, limit, state.dispersion, passNeeds);
    return [
      {
        at: { canary: at, baseline: at },
        clear,
        canaryRequests: nc,
        powerRequests: estimateFine ? powerRequests : null,
        passRequests,
      },
    ];
  }
  const { fail: margin, pass } = marginsOf(metric, evidence.kind === "slower" ? "slower" : "compare");
  return indexes(layout, evidence.kind).map(({ canary, baseline }, i) => {
    const { nc, xc, nb, xb } = totals(state.rows, canary, baseline);
    const evidenceSoFar = designEvidence(state.rows, canary, baseline, margin, state.dispersion);
    const estimateFine = isWithin(margin, estimateCounts(state, layout, evidence.kind, { canary, baseline }));
    const against = evidence.boundaries[i]?.fail ?? 1;
    return {
      at: { canary, baseline },
      clear: against < 1 && estimateFine && evidenceSoFar >= needed,
      canaryRequests: nc,
      powerRequests: estimateFine && evidenceSoFar > 0 ? (nc * needed) / evidenceSoFar : null,
      passRequests: requestsToPassMargin({ nc, xc, nb, xb }, pass, state.dispersion, passNeeds),
    };
  });
}

/**
 * The counts that tell whether the estimate is within the fail margin. That of `slower` is at its fail boundary: where
 * no boundary lies between the baseline's and so many times it, the other one is the baseline's own, and an
 * identical canary would be within the margin every second time.
 */
function estimateCounts(
  { rows }: CountMetricState,
  { slower }: Layout,
  kind: QuestionEvidence["kind"],
  { canary, baseline }: CountIndexes,
) {
  const at = kind === "slower" && slower !== null ? slower.fail : canary;
  return totals(rows, at, baseline);
}

function isWithin(margin: Margin, { nc, xc, nb, xb }: ReturnType<typeof totals>): boolean {
  return nc > 0 && nb > 0 && xc / nc <= margin.ratio * (xb / nb) + margin.points;
}

/** Which counts each boundary of a question compares. */
export function indexes(layout: Layout, kind: QuestionEvidence["kind"]) {
  if (kind === "slower") {
    return layout.slower === null ? [] : [{ canary: layout.slower.pass, baseline: layout.slower.baseline }];
  }
  return layout.compare.map((index) => ({ canary: index, baseline: index }));
}

/**
 * About how many more canary requests until this boundary passes, if it goes on
 * as so far; null if it would not. At least a tick's worth: evidence that came
 * in one burst was capped, and more time is what it lacks.
 */
function moreRequests(check: BoundaryCheck, byPower: boolean, settledTicks: number): number | null {
  const { canaryRequests, powerRequests, passRequests } = check;
  const ways = [passRequests, byPower ? powerRequests : null].filter((count) => count !== null);
  if (ways.length === 0) return null;
  const aTick = canaryRequests / Math.max(1, settledTicks);
  return Math.max(1, Math.ceil(Math.max(aTick, Math.min(...ways) - canaryRequests)));
}

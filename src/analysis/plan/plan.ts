import type { CompareTest } from "../../engine/sequential/compare-test.ts";
import type { EvidenceRule } from "../../engine/sequential/evidence.ts";
import { betterGrid, outageGrid, worseGrid } from "../../engine/sequential/grids.ts";
import type { LimitTest } from "../../engine/sequential/limit-test.ts";
import { telemetryOf } from "../presets/telemetry-of.ts";
import { type CountMetric, isCountMetric } from "../spec/count-metric.ts";
import type { AnalysisSpec, Margin } from "../spec/model.ts";
import type { Telemetry } from "../telemetry.ts";
import { type Shares, shareOut } from "../weights.ts";

/** A spec with everything derived from it that stays the same for the whole analysis. */
export interface Plan {
  readonly spec: AnalysisSpec;
  readonly telemetry: Telemetry;
  /** Shares of the false-alarm budget. */
  readonly shares: Shares;
  /** Index of the metric whose requests stand for the canary's traffic; -1 where nothing that gates counts requests. */
  readonly trafficMetric: number;
  /** Index of the metric the outage channel watches; -1 for none. */
  readonly outageMetric: number;
  readonly outageTest: CompareTest;
  /** Ticks in the whole duration: the start mixture's horizon. */
  readonly horizon: number;
}

/** @throws CoalmineError invalid-spec if the preset cannot name the spec's series. */
export function planAnalysis(spec: AnalysisSpec): Plan {
  const horizon = Math.ceil(spec.durationMs / spec.tickMs);
  const shares = shareOut(spec);
  const errors = spec.metrics.findIndex((metric) => metric.kind === "errors" && metric.gate);
  return {
    spec,
    telemetry: telemetryOf(spec),
    shares,
    trafficMetric:
      errors >= 0 ? errors : spec.metrics.findIndex((metric) => metric.gate && isCountMetric(metric)),
    outageMetric: shares.outage > 0 ? errors : -1,
    outageTest: {
      rule: { grid: outageGrid, horizon, cap: outage.cap, dispersion: 1 },
      ratio: outage.ratio,
      points: outage.points,
      prior: outage.prior,
    },
    horizon,
  };
}

/** The outage channel of stats.md §11.3: only a breakdown crosses it, so it needs no warm-up. */
const outage = { ratio: 4, points: 0.02, cap: 4, prior: { rate: 0.005, requests: 200 } } as const;

/** Weight of the assumed baseline rate where a margin has an absolute part (§11.3). */
const prior = { rate: 0.001, requests: 1000 } as const;

/** The fail and the pass test of a margin, with this metric's dispersion. */
export function compareTests(plan: Plan, margins: { fail: Margin; pass: Margin }, dispersion: number) {
  const test = (margin: Margin, rule: EvidenceRule): CompareTest => ({ rule, ...margin, prior });
  return {
    fail: test(margins.fail, ruleOf(plan, worseGrid, dispersion)),
    pass: test(margins.pass, ruleOf(plan, betterGrid, dispersion)),
  };
}

/** The margins of a quantile that may be so many times later: the shift is in the boundaries, so the shares must just not be worse. */
export const slowerMargins = { fail: { ratio: 1, points: 0 }, pass: { ratio: 1, points: 0 } } as const;

/** The fail and the pass test of a limit. */
export function limitTests(
  plan: Plan,
  limit: number,
  dispersion: number,
): { fail: LimitTest; pass: LimitTest } {
  return {
    fail: { rule: ruleOf(plan, worseGrid, dispersion), limit },
    pass: { rule: ruleOf(plan, betterGrid, dispersion), limit },
  };
}

/** The rate that a metric's limit is about: an objective for a quantile is one for the share beyond it. */
export function limitRate(metric: CountMetric): number {
  if (metric.kind === "latency") return 1 - (metric.quantile ?? 0);
  return metric.limit?.atMost ?? 0;
}

function ruleOf(plan: Plan, grid: readonly number[], dispersion: number): EvidenceRule {
  return { grid, horizon: plan.horizon, cap: plan.spec.evidenceCap, dispersion };
}

/** The odds at which evidence with this share of the false-alarm budget fails; what does not gate is shown as if it had all of it. */
export function failNeeds({ spec }: Plan, share: number): number {
  return 1 / (spec.budget.falseAlarm * (share || 1));
}

import { CoalmineError } from "../../base/errors.ts";
import { overshoots, planErrors } from "../../engine/planning/plan-errors.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import { shareOut } from "../weights.ts";

/** What is known of a rollout before it starts; rates and shares are fractions. */
export interface Traffic {
  /** Both cohorts together. */
  readonly requestsPerSecond: number;
  readonly canaryShare: number;
  readonly errorRate: number;
}

/** How long a regression of one size would go unnoticed. */
export interface Forecast {
  /** How many times the baseline's error rate. */
  readonly times: number;
  /** Canary requests in all, and milliseconds from the start with warm-up, in half of all rollouts and in nine of ten. */
  readonly median: { readonly canaryRequests: number; readonly ms: number };
  readonly p90: { readonly canaryRequests: number; readonly ms: number };
}

/** Ticks that a fail takes at least, however clear it is: the cap of a tick's evidence sees to that. */
const leastTicks = 3;

/**
 * How soon a spec's errors metric would fail regressions of these sizes
 * (stats.md §5, "Planning"). Sizes within the fail margin are left out: they
 * are never found.
 *
 * @throws CoalmineError invalid-spec if the spec compares no errors; RangeError
 *   if the traffic is out of its range.
 */
export function forecast(
  spec: AnalysisSpec,
  traffic: Traffic,
  sizes: readonly number[],
): readonly Forecast[] {
  const index = spec.metrics.findIndex((metric) => metric.kind === "errors");
  const metric = spec.metrics[index];
  const margin = metric?.kind === "errors" ? metric.compare?.failAbove : undefined;
  if (margin === undefined) {
    throw new CoalmineError(
      "invalid-spec",
      "the spec compares no errors with a baseline, so there is nothing to plan for",
    );
  }
  const share = shareOut(spec).questions[index]?.[0] ?? 0;
  const plan = {
    canaryShare: traffic.canaryShare,
    baselineRate: traffic.errorRate,
    ratio: margin.ratio,
    alpha: spec.budget.falseAlarm * share,
  };
  const least = leastTicks * spec.tickMs;
  return sizes
    .filter((times) => times > margin.ratio)
    .map((times) => {
      const effort = (overshoot: number) => {
        const { requests } = planErrors({ ...plan, trueRatio: times }, overshoot);
        const ms = Math.max(least, (requests / traffic.requestsPerSecond) * 1_000) + spec.warmupMs;
        return { canaryRequests: requests * traffic.canaryShare, ms };
      };
      return { times, median: effort(overshoots.median), p90: effort(overshoots.p90) };
    });
}

import { formatDuration } from "../../base/duration.ts";
import { formatCount, formatOdds } from "../../base/format.ts";
import type { AnalysisState } from "../advance/state.ts";
import { settledTicks } from "../advance/traffic.ts";
import type { Plan } from "../plan/plan.ts";
import type { Reason } from "../result.ts";
import type { ConditionMetric } from "../spec/model.ts";

/** Reasons that are not in counts: lost traffic, conditions, gauges, the deadline, and what a running analysis says. */

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
export function running(plan: Plan, state: AnalysisState, now: number): Reason {
  const { warmupMs } = plan.spec;
  const isWarming = settledTicks(plan, state) === 0 && now - state.startedAt < warmupMs;
  if (state.sourceAway !== null) {
    return { code: "watching", text: `waiting for the metrics source: ${state.sourceAway.message}` };
  }
  if (isWarming)
    return { code: "warming-up", text: `pods younger than ${formatDuration(warmupMs)} are not judged yet` };
  return { code: "watching", text: "no verdict yet" };
}

export function cancelled(): Reason {
  return { code: "cancelled", text: "cancelled before a verdict was reached" };
}

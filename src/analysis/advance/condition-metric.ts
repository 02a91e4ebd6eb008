import type { ConditionMetric } from "../spec/model.ts";
import type { ConditionMetricState } from "./state.ts";

export function startConditionMetric(): ConditionMetricState {
  return { kind: "condition", holdingSince: null, lastSeen: null };
}

/** Adds one look: a look without a sample neither breaks a holding condition nor starts one. */
export function lookConditionMetric(
  state: ConditionMetricState,
  holds: boolean | null,
  at: number,
): ConditionMetricState {
  if (holds === null) return state;
  return { ...state, lastSeen: at, holdingSince: holds ? (state.holdingSince ?? at) : null };
}

/** Whether the condition was seen to hold without a break for as long as the metric says. */
export function hasHeld(metric: ConditionMetric, state: ConditionMetricState): boolean {
  const { holdingSince, lastSeen } = state;
  return holdingSince !== null && lastSeen !== null && lastSeen - holdingSince >= metric.forMs;
}

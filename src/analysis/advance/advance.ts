import { decide } from "../decide/decide.ts";
import { eventLayout } from "../latency/layout.ts";
import type { Observation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import { cancelled } from "../report/rule-reasons.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { startConditionMetric } from "./condition-metric.ts";
import { startCountMetric, startQuestions } from "./count-metric.ts";
import { startGaugeMetric } from "./gauge-metric.ts";
import { look } from "./look.ts";
import { startOutage } from "./outage.ts";
import type { AnalysisState, MetricState } from "./state.ts";
import { noTraffic } from "./traffic.ts";

/** An analysis that has seen nothing yet. */
export function startAnalysis(plan: Plan, startedAt: number): AnalysisState {
  return {
    version: 1,
    startedAt,
    consumedTo: null,
    ticks: 0,
    pods: [],
    metrics: plan.spec.metrics.map((metric): MetricState => {
      if (metric.kind === "gauge") return startGaugeMetric();
      if (metric.kind === "condition") return startConditionMetric();
      return startCountMetric(plan, metric, metric.kind === "latency" ? null : eventLayout);
    }),
    outage: startOutage(plan),
    traffic: noTraffic,
    weight: null,
    sourceAway: null,
    warnings: plan.spec.baseline === null ? [limitsOnly] : [],
    decision: null,
  };
}

/**
 * The whole of an analysis as one pure function: what is known, what was just
 * seen and when, to what is known now. The same observations give the same
 * verdict bit for bit, live, replayed, or moved between processes.
 *
 * `now` is the time the observation is about (a look's scheduled time), in
 * milliseconds since the epoch. Once `decision` is set nothing changes it: a
 * fail latches, and so does every other final verdict.
 */
export function advance(
  plan: Plan,
  state: AnalysisState,
  observation: Observation,
  now: number,
): AnalysisState {
  if (state.decision !== null) return state;
  switch (observation.kind) {
    case "look":
      return decide(plan, look(plan, state, observation, now), now);
    case "sourceFailure": {
      const since = state.sourceAway?.since ?? now;
      return decide(plan, { ...state, sourceAway: { since, message: observation.message } }, now);
    }
    case "weight":
      return { ...state, weight: observation.weight, traffic: trafficFrom(state) };
    case "dispersion":
      return {
        ...state,
        metrics: state.metrics.map((metric, i) => withDispersion(plan, metric, i, observation.metrics)),
      };
    case "cancel":
      return {
        ...state,
        decision: {
          verdict: "inconclusive",
          reason: cancelled(),
          at: now,
          phase: "cancelled",
        },
      };
  }
}

/** What was flat while the canary was to get nothing is not held against it once it is to get some. */
function trafficFrom({ weight, traffic }: AnalysisState): AnalysisState["traffic"] {
  return weight === 0 ? { ...traffic, flat: noTraffic.flat } : traffic;
}

function withDispersion(
  plan: Plan,
  state: MetricState,
  index: number,
  estimates: readonly number[],
): MetricState {
  const metric = plan.spec.metrics[index];
  const dispersion = estimates[index] ?? 1;
  if (state.kind !== "counts" || metric === undefined || !isCountMetric(metric)) return state;
  const questions = state.layout === null ? [] : startQuestions(plan, metric, state.layout, dispersion);
  return { ...state, dispersion, questions };
}

const limitsOnly = {
  code: "limits-only",
  text: "no baseline: only limits are judged, so a regression that stays within them passes",
} as const;

import type { MetricObservation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { AnalysisState, TickTraffic, TrafficState } from "./state.ts";

const quiet: TickTraffic = {
  looked: false,
  canary: 0,
  baseline: 0,
  canarySampled: false,
};

export const noTraffic: TrafficState = {
  canary: 0,
  baseline: 0,
  running: quiet,
  flat: { ticks: 0, baseline: 0 },
};

/** Adds one look's requests, warming pods included, to the running tick. */
export function lookTraffic(traffic: TrafficState, observation: MetricObservation | undefined): TrafficState {
  if (observation?.kind !== "counts") return traffic;
  let running = { ...traffic.running, looked: true };
  for (const { canary, baseline } of observation.strata) {
    running = {
      looked: true,
      canary: running.canary + canary.settled.total + canary.warming.total,
      baseline: running.baseline + (baseline === null ? 0 : baseline.settled.total + baseline.warming.total),
      canarySampled: running.canarySampled || canary.sampled,
    };
  }
  return { ...traffic, running };
}

/** Closes the running tick: was the canary flat in it (stats.md §11.8)? */
export function commitTraffic(traffic: TrafficState): TrafficState {
  const { running } = traffic;
  if (!running.looked) return traffic;
  const isFlat = running.canarySampled && running.canary === 0;
  return {
    canary: traffic.canary + running.canary,
    baseline: traffic.baseline + running.baseline,
    running: quiet,
    flat: isFlat
      ? { ticks: traffic.flat.ticks + 1, baseline: traffic.flat.baseline + running.baseline }
      : { ticks: 0, baseline: 0 },
  };
}

/** Requests so far, the running tick's included. */
export function requestsSoFar({ canary, baseline, running }: TrafficState): {
  canary: number;
  baseline: number;
} {
  return { canary: canary + running.canary, baseline: baseline + running.baseline };
}

/** Committed ticks in which settled requests of the traffic metric could be judged; 0 where nothing counts requests. */
export function settledTicks(plan: Plan, { metrics }: Pick<AnalysisState, "metrics">): number {
  const metric = metrics[plan.trafficMetric];
  return metric?.kind === "counts" ? metric.settledTicks : 0;
}

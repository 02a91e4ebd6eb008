import { formatLatency } from "../../base/format.ts";
import type { AnalysisState, CountMetricState } from "../advance/state.ts";
import type { Plan } from "../plan/plan.ts";
import type { Warning } from "../result.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import type { LatencyMetric } from "../spec/model.ts";

/** Fewest canary pods among which one alone is worth naming. */
const severalPods = 3;

/** What follows from the state and a reader should know: how an objective was read, whether one pod is to blame. */
export function derivedWarnings(plan: Plan, state: AnalysisState): readonly Warning[] {
  return plan.spec.metrics.flatMap((metric, i) => {
    const known = state.metrics[i];
    if (known?.kind !== "counts" || !isCountMetric(metric)) return [];
    return [
      ...(metric.kind === "latency" ? boundaryWarnings(metric, known) : []),
      ...dispersionWarning(plan, metric.name, known),
      ...singlePodWarning(state, metric.name, known),
    ];
  });
}

function boundaryWarnings(metric: LatencyMetric, { layout }: CountMetricState): Warning[] {
  if (layout === null) return [];
  const at = (index: number) => (layout.boundaries[index] ?? 0) * layout.unitSeconds;
  const warnings: Warning[] = [];
  const wanted = metric.limit?.atMostSeconds;
  if (layout.limit !== null && wanted !== undefined && layout.limit.pass !== layout.limit.fail) {
    const pass =
      layout.limit.pass === null ? "cannot pass" : `passes at ${formatLatency(at(layout.limit.pass))}`;
    const text = `${metric.name}: ${formatLatency(wanted)} is no boundary of the histogram; it fails at ${formatLatency(at(layout.limit.fail))} and ${pass}`;
    warnings.push({ code: "boundary-snapped", text });
  }
  if (layout.slower !== null && metric.slower !== null) {
    const effective = at(layout.slower.fail) / at(layout.slower.baseline);
    if (Math.abs(effective - metric.slower) > 1e-9 * metric.slower) {
      const text = `${metric.name}: the histogram's boundaries allow ${Number(effective.toPrecision(3))}x where ${metric.slower}x was asked`;
      warnings.push({ code: "effective-margin", text });
    }
  }
  return warnings;
}

function dispersionWarning(plan: Plan, name: string, { dispersion }: CountMetricState): Warning[] {
  if (plan.spec.dispersion !== "auto" || dispersion === 1) return [];
  const text = `${name}: events come in batches of about ${Number(dispersion.toPrecision(3))}, so it takes that many times as many`;
  return [{ code: "dispersion", text }];
}

function singlePodWarning(
  state: AnalysisState,
  name: string,
  { pods, podsWithBad }: CountMetricState,
): Warning[] {
  const isOne = podsWithBad.length === 1 && pods.length >= severalPods;
  if (state.decision?.verdict !== "fail" || !isOne) return [];
  return [
    { code: "single-pod", text: `${name}: all bad events come from one of ${pods.length} canary pods` },
  ];
}

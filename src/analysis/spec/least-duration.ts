import { shareOut } from "../weights.ts";
import type { AnalysisSpec, MetricSpec } from "./model.ts";

/** No verdict before as many ticks past the warm-up. */
const leastTicks = 3;

/** The probabilities whose bets a gauge's sign test averages; the most a block can multiply its evidence by is twice the last. */
const signBets = [0.6, 0.7, 0.8, 0.9, 0.97];

/**
 * The least duration, in milliseconds, in which every gating question of a spec
 * can fail: three ticks past the warm-up, or as many as a total outage needs to
 * bring capped evidence to 1/(α·w).
 *
 * Half the bet is on a regression from the first tick on and the rest spread
 * over later starts, so it counts as half the evidence here.
 */
export function leastDurationMs(spec: AnalysisSpec): number {
  const { questions } = shareOut(spec);
  const spans = spec.metrics.flatMap((metric, index) => {
    if (!metric.gate) return [];
    if (metric.kind === "condition") return [metric.forMs];
    return (questions[index] ?? []).map((share) => spec.warmupMs + evidenceMs(spec, metric, share));
  });
  return Math.max(spec.warmupMs + leastTicks * spec.tickMs, ...spans);
}

/** How long the evidence of a question with this share of α takes at the fastest. */
function evidenceMs(spec: AnalysisSpec, metric: MetricSpec, share: number): number {
  const odds = 1 / (spec.budget.falseAlarm * share);
  return metric.kind === "gauge"
    ? blocksFor(odds) * metric.blockMs
    : ticksFor(odds, spec.evidenceCap) * spec.tickMs;
}

function ticksFor(odds: number, cap: number): number {
  return Math.ceil(Math.log(2 * odds) / cap);
}

function blocksFor(odds: number): number {
  let blocks = 0;
  while (mean(signBets.map((bet) => (2 * bet) ** blocks)) < odds) blocks++;
  return blocks;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

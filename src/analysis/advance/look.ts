import type { MetricObservation, Observation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { Warning } from "../result.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { lookConditionMetric } from "./condition-metric.ts";
import { commitCountMetric, lookCountMetric } from "./count-metric.ts";
import { closeBlock, lookGaugeMetric } from "./gauge-metric.ts";
import { ticksEndedBy } from "./look-times.ts";
import { commitOutage, lookOutage } from "./outage.ts";
import { type LookSpan, type PairedLook, pairScrapes } from "./pair-scrapes.ts";
import type { AnalysisState, MetricState } from "./state.ts";
import { commitTraffic, lookTraffic } from "./traffic.ts";

type Look = Extract<Observation, { kind: "look" }>;

/**
 * Takes in one look: ticks that ended before it are committed first (empty,
 * after an outage of the source), then its counts join the running tick, and
 * the tick is committed if the look stands at its end.
 */
export function look(plan: Plan, state: AnalysisState, observation: Look, at: number): AnalysisState {
  const { spec } = plan;
  const ended = ticksEndedBy(spec, state.startedAt, at);
  const isTickEnd = (at - state.startedAt) % spec.tickMs === 0;
  const lookedMs = lookedTime(plan, state, at);
  const isLast = at >= state.startedAt + spec.durationMs;
  let next = commitTicks(plan, state, isTickEnd ? ended - 1 : ended);
  const paired = next.metrics.map((metric, i) =>
    pairLook(metric, observation.metrics[i], { lookedMs, isLast }),
  );
  next = {
    ...next,
    consumedTo: at,
    pods: observation.pods,
    sourceAway: null,
    metrics: next.metrics.map((metric, i) =>
      lookMetric(plan, metric, i, observation.metrics[i], {
        ...{ startedAt: state.startedAt, at, lookedMs },
        paired: paired[i] ?? null,
      }),
    ),
    outage: lookOutage(plan, next.outage, paired[plan.outageMetric]?.strata ?? []),
    traffic: lookTraffic(next.traffic, observation.metrics[plan.trafficMetric]),
    warnings: addWarnings(next.warnings, [...observation.warnings, ...droppedWarnings(plan, observation)]),
  };
  return commitTicks(plan, next, ended);
}

/**
 * How much time a look stands for. Where the source was away nobody could look, so
 * no more than a tick of it counts as seen; but the last look is followed by
 * none, and what it has no samples of was not seen at all.
 */
function lookedTime({ spec }: Plan, { startedAt, consumedTo }: AnalysisState, at: number): number {
  const end = startedAt + spec.durationMs;
  const past = Math.min(at, end) - (consumedTo ?? at);
  return at < end ? Math.min(past, spec.tickMs) : Math.max(0, past);
}

function pairLook(
  state: MetricState,
  observation: MetricObservation | undefined,
  span: LookSpan,
): PairedLook | null {
  if (state.kind !== "counts" || observation?.kind !== "counts") return null;
  return pairScrapes(state, observation.strata, span);
}

interface MetricLook {
  readonly startedAt: number;
  readonly at: number;
  readonly lookedMs: number;
  readonly paired: PairedLook | null;
}

function lookMetric(
  plan: Plan,
  state: MetricState,
  index: number,
  observation: MetricObservation | undefined,
  { startedAt, at, lookedMs, paired }: MetricLook,
): MetricState {
  const metric = plan.spec.metrics[index];
  if (metric === undefined || observation === undefined) return state;
  if (state.kind === "counts" && isCountMetric(metric)) {
    const query = plan.telemetry.queries[index];
    const unitSeconds = query?.kind === "latency" ? query.unitSeconds : 1;
    const firstMinute = Math.min(60_000, plan.spec.tickMs);
    const mayChoose = at === startedAt || at - startedAt >= firstMinute;
    return lookCountMetric(plan, metric, state, observation, { unitSeconds, mayChoose, lookedMs, paired });
  }
  if (state.kind === "gauge" && observation.kind === "gauge") return lookGaugeMetric(state, observation);
  if (state.kind === "condition" && observation.kind === "condition") {
    return lookConditionMetric(state, observation.holds, at);
  }
  return state;
}

/** Commits ticks until `count` of them are. */
function commitTicks(plan: Plan, state: AnalysisState, count: number): AnalysisState {
  let next = state;
  while (next.ticks < count) {
    const ticks = next.ticks + 1;
    next = {
      ...next,
      ticks,
      metrics: next.metrics.map((metric, i) => commitMetric(plan, metric, i, ticks)),
      outage: commitOutage(plan, next.outage),
      traffic: commitTraffic(next.traffic),
    };
  }
  return next;
}

function commitMetric(plan: Plan, state: MetricState, index: number, ticks: number): MetricState {
  const metric = plan.spec.metrics[index];
  if (metric === undefined) return state;
  if (state.kind === "counts" && isCountMetric(metric)) return commitCountMetric(plan, metric, state);
  if (state.kind === "gauge" && metric.kind === "gauge") {
    const ticksABlock = Math.max(1, Math.round(metric.blockMs / plan.spec.tickMs));
    return ticks % ticksABlock === 0 ? closeBlock(metric, state) : state;
  }
  return state;
}

/** For counts that only together cannot be true (a ratio's two counters); what is wrong by itself has been said. */
function droppedWarnings(plan: Plan, { metrics, warnings }: Look): Warning[] {
  if (warnings.some(({ code }) => code === "bad-data")) return [];
  return metrics.flatMap(({ kind }, i): Warning[] => {
    if (kind !== "dropped") return [];
    const text = `${plan.spec.metrics[i]?.name}: counts that cannot be true were left out`;
    return [{ code: "bad-data", text }];
  });
}

const mostWarnings = 20;

/** Keeps each text once; when there are too many, the first that came stay. */
function addWarnings(known: readonly Warning[], more: readonly Warning[]): readonly Warning[] {
  const fresh = more.filter(
    (warning) => !known.some((other) => other.code === warning.code && other.text === warning.text),
  );
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, mostWarnings);
}

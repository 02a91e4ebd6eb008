import type { AnalysisState } from "../advance/state.ts";
import { countLook } from "../counting/count-look.ts";
import { emptyPodMemory } from "../counting/pod-memory.ts";
import type { Observation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { SampleSource } from "../ports.ts";
import type { Warning } from "../result.ts";
import { combineSources } from "./combine-sources.ts";
import { toCounterReads } from "./counter-reads.ts";
import { firstLookWarnings } from "./first-look-warnings.ts";
import { readHistories } from "./history.ts";
import { observeMetric } from "./observe-metric.ts";
import { lookbackMs, readAll } from "./read-all.ts";
import { type Read, readsOf } from "./read-plan.ts";
import { requireSeparateCohorts } from "./separate-cohorts.ts";
import type { SourcePart } from "./source-part.ts";

type Look = Extract<Observation, { kind: "look" }>;

/** What {@link observe} needs of an analysis. */
export interface ObserveOptions {
  readonly plan: Plan;
  readonly state: AnalysisState;
  /** In the order of the spec's sources. */
  readonly sources: readonly SampleSource[];
  /** Time of the look in milliseconds since the epoch; no newer sample is used. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/**
 * Reads one look: the raw samples of every metric and cohort from every source,
 * made exact counts. The first look of an analysis takes the counters' bearings
 * and, for latency, the baseline's past; it counts nothing.
 *
 * @throws CoalmineError source-unavailable or query-rejected, as the sources do;
 *   invalid-spec when one series belongs to both cohorts.
 */
export async function observe(options: ObserveOptions): Promise<Look> {
  const { plan, state, sources } = options;
  const reads = readsOf(plan, state.metrics);
  const parts = await Promise.all(sources.map((source, i) => observeSource(options, source, reads, i)));
  const metrics = plan.spec.metrics.map((metric, i) =>
    combineSources(
      metric,
      parts.flatMap((part) => part.metrics[i] ?? []),
    ),
  );
  const first = state.consumedTo === null ? firstLookWarnings(plan, reads, parts, metrics) : [];
  return {
    kind: "look",
    metrics,
    pods: parts.map((part) => part.pods),
    warnings: [...parts.flatMap((part) => part.warnings), ...first],
  };
}

async function observeSource(
  { plan, state, at, signal }: ObserveOptions,
  source: SampleSource,
  reads: readonly Read[],
  index: number,
): Promise<SourcePart> {
  const isFirst = state.consumedTo === null;
  const consumedTo = state.consumedTo ?? at;
  // The first look must also see how old the pods are.
  const reach = isFirst ? plan.spec.warmupMs + lookbackMs : lookbackMs;
  const answered = await readAll(source, reads, { from: consumedTo - reach, to: at }, signal);
  if (state.traffic.canary === 0) requireSeparateCohorts(plan, answered);

  const counterReads = toCounterReads(answered);
  const counted = countLook({
    reads: counterReads.map(({ counterRead }) => counterRead),
    window: { from: consumedTo, to: at },
    memory: state.pods[index] ?? emptyPodMemory,
    warm: !isFirst,
    warmupMs: plan.spec.warmupMs,
    scrapedPod: plan.telemetry.scrapedPod,
    podLabels: plan.telemetry.podLabels,
  });
  const counts = counterReads.map((read, i) => ({ ...read, counts: counted.counts[i] ?? null }));
  const histories = isFirst ? await readHistories(source, answered, at, signal) : [];
  return {
    metrics: plan.spec.metrics.map((_, metric) =>
      observeMetric(plan, metric, {
        counts: counts.filter(({ read }) => read.metric === metric),
        answered: answered.filter(({ read }) => read.metric === metric),
        histories: histories.filter(({ read }) => read.metric === metric),
        window: { from: consumedTo, to: at },
      }),
    ),
    pods: counted.memory,
    warnings: [
      ...counted.warnings,
      ...partialWarnings(
        source,
        answered.flatMap(({ answer }) => answer.warnings),
      ),
    ],
    silent: answered.filter(({ answer }) => answer.series.length === 0).map(({ read }) => read),
  };
}

function partialWarnings(source: SampleSource, texts: readonly string[]): Warning[] {
  return [...new Set(texts)]
    .slice(0, 3)
    .map((text) => ({ code: "partial-response", text: `${source.name}: ${text}` }));
}

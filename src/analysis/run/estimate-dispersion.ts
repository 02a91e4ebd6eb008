import { pearsonDispersion } from "../../engine/dispersion.ts";
import { countLook, type ReadCounts } from "../counting/count-look.ts";
import { emptyPodMemory } from "../counting/pod-memory.ts";
import type { Observation, PodMemory } from "../observation.ts";
import { toCounterReads } from "../observe/counter-reads.ts";
import { lookbackMs, readAll } from "../observe/read-all.ts";
import { type Read, readsOf } from "../observe/read-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { SampleSource } from "../ports.ts";

/** How many past ticks the estimate is made from (stats.md §1.6). */
const pastTicks = 60;

/**
 * `dispersion: auto`: how much more the baseline's pods differ, tick by tick
 * and over the whole past, than independent errors would; 1 where they do not,
 * or where the past cannot tell. A latency metric takes the errors' value: its
 * boundaries are not chosen yet.
 *
 * @throws CoalmineError as the source does.
 */
export async function estimateDispersion(
  plan: Plan,
  sources: readonly SampleSource[],
  startedAt: number,
  signal: AbortSignal,
): Promise<Extract<Observation, { kind: "dispersion" }>> {
  const reads = readsOf(plan, []).filter(
    ({ cohort, role }) => cohort === "baseline" && role.kind === "counter",
  );
  const from = startedAt - pastTicks * plan.spec.tickMs;
  const estimates = plan.spec.metrics.map(() => 1);
  for (const source of sources) {
    const answered = await readAll(source, reads, { from: from - lookbackMs, to: startedAt }, signal);
    const ticks = countTicks(plan, answered, from);
    for (const [i, read] of reads.entries()) {
      const pods = ticks.map((counts) => podsOf(reads, counts, read, i));
      estimates[read.metric] = Math.max(estimates[read.metric] ?? 1, dispersionOf(pods));
    }
  }
  const errors = plan.spec.metrics.findIndex((metric) => metric.kind === "errors");
  const metrics = estimates.map((own, i) =>
    plan.spec.metrics[i]?.kind === "latency" ? (estimates[errors] ?? 1) : own,
  );
  return { kind: "dispersion", metrics };
}

type PodTally = { readonly pod: string; readonly total: number; readonly bad: number };

function countTicks(
  plan: Plan,
  answered: Parameters<typeof toCounterReads>[0],
  from: number,
): (readonly ReadCounts[])[] {
  const reads = toCounterReads(answered).map(({ counterRead }) => counterRead);
  let memory: PodMemory = emptyPodMemory;
  const ticks: (readonly ReadCounts[])[] = [];
  for (let tick = 0; tick <= pastTicks; tick++) {
    const to = from + tick * plan.spec.tickMs;
    const counted = countLook({
      reads,
      window: { from: tick === 0 ? to : to - plan.spec.tickMs, to },
      memory,
      warm: tick > 0,
      warmupMs: 0,
      scrapedPod: plan.telemetry.scrapedPod,
      podLabels: plan.telemetry.podLabels,
    });
    memory = counted.memory;
    if (tick > 0) ticks.push(counted.counts);
  }
  return ticks;
}

/** A ratio's bad events come from a read of their own. */
function podsOf(
  reads: readonly Read[],
  counts: readonly ReadCounts[],
  read: Read,
  index: number,
): readonly PodTally[] {
  const main = counts[index]?.pods ?? [];
  const badIndex = reads.findIndex(
    ({ metric, role }) => metric === read.metric && role.kind === "counter" && role.part === "bad",
  );
  if (badIndex < 0) return main;
  const bad = new Map(counts[badIndex]?.pods.map(({ pod, total }) => [pod, total]));
  return main.map(({ pod, total }) => ({ pod, total, bad: Math.min(total, bad.get(pod) ?? 0) }));
}

function dispersionOf(ticks: readonly (readonly PodTally[])[]): number {
  const each = ticks.map(pearsonDispersion);
  const sum = {
    chiSquare: total(each.map(({ chiSquare }) => chiSquare)),
    degrees: total(each.map(({ degrees }) => degrees)),
  };
  const all = new Map<string, { total: number; bad: number }>();
  for (const { pod, total, bad } of ticks.flat()) {
    const known = all.get(pod) ?? { total: 0, bad: 0 };
    all.set(pod, { total: known.total + total, bad: known.bad + bad });
  }
  const cumulative = pearsonDispersion([...all.values()]);
  const of = ({ chiSquare, degrees }: { chiSquare: number; degrees: number }) =>
    degrees === 0 ? 1 : chiSquare / degrees;
  return Math.max(1, of(sum), of(cumulative));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

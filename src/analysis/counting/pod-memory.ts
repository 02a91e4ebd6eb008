// What is remembered of the scraped pods between two looks.
import type { Cohort, PodMemory, PodTimes } from "../observation.ts";
import type { ProcessSpan } from "./process-span.ts";

/** Entries kept at most, so that the state of an analysis stays within a few kilobytes. */
export const podLimit = 100;

/** Nothing seen yet. */
export const emptyPodMemory: PodMemory = {
  pods: {},
  cohortSince: { canary: null, baseline: null },
  full: false,
};

/**
 * The memory after a look. A known process keeps its first sample's time; a new
 * one takes its pod's, so that a restart under a new `instance` does not begin
 * warm-up again. At {@link podLimit} a new one takes the place of those of its
 * pod that are no longer read; if there are none it is left out, and from then
 * on `full` holds.
 */
export function rememberLook(memory: PodMemory, spans: readonly ProcessSpan[]): PodMemory {
  const pods: Record<string, PodTimes> = { ...memory.pods };
  const podFirst = firstByPod(memory, spans);
  const read = new Set(spans.map(({ process }) => process.key));
  let size = Object.keys(pods).length;
  let full = memory.full;
  for (const { process, oldest, newest } of spans) {
    const known = pods[process.key];
    if (known !== undefined) {
      if (newest > known.last) pods[process.key] = { first: known.first, last: newest };
      continue;
    }
    if (size >= podLimit) size -= forgetPredecessors(pods, process.pod, read);
    if (size >= podLimit) {
      full = true;
      continue;
    }
    pods[process.key] = { first: podFirst.get(process.pod) ?? oldest, last: newest };
    size++;
  }
  return { pods, cohortSince: cohortsSince(memory, spans), full };
}

/** The first sample ever seen of each pod, by its hash: remembered, or the oldest in reach. */
export function firstByPod(memory: PodMemory, spans: readonly ProcessSpan[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  const note = (pod: string, time: number) => first.set(pod, Math.min(first.get(pod) ?? time, time));
  for (const [key, times] of Object.entries(memory.pods)) note(podOf(key), times.first);
  const remembered = new Set(first.keys());
  for (const { process, oldest } of spans) if (!remembered.has(process.pod)) note(process.pod, oldest);
  return first;
}

/** The first sample of each cohort's series: remembered, or the oldest in reach. */
export function cohortsSince(memory: PodMemory, spans: readonly ProcessSpan[]): PodMemory["cohortSince"] {
  return {
    canary: memory.cohortSince.canary ?? oldestOf("canary", spans),
    baseline: memory.cohortSince.baseline ?? oldestOf("baseline", spans),
  };
}

function oldestOf(cohort: Cohort, spans: readonly ProcessSpan[]): number | null {
  let oldest: number | null = null;
  for (const { process } of spans) {
    for (const counter of process.counters) {
      const time = counter.times[0];
      if (counter.cohort !== cohort || counter.length === 0 || time === undefined) continue;
      if (oldest === null || time < oldest) oldest = time;
    }
  }
  return oldest;
}

function forgetPredecessors(pods: Record<string, PodTimes>, pod: string, read: ReadonlySet<string>): number {
  let forgotten = 0;
  for (const key of Object.keys(pods)) {
    if (podOf(key) !== pod || read.has(key)) continue;
    delete pods[key];
    forgotten++;
  }
  return forgotten;
}

function podOf(key: string): string {
  const dot = key.indexOf(".");
  return dot === -1 ? key : key.slice(0, dot);
}

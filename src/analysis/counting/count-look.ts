// Exact counts of one look, from raw samples: no interpolation, nothing guessed.
import { unreachable } from "../../base/unreachable.ts";
import type { PodMemory, Tally } from "../observation.ts";
import type { TimeWindow } from "../ports.ts";
import type { Warning } from "../result.ts";
import { tallyClassic } from "./classic-histogram.ts";
import type { Counter } from "./counter.ts";
import type { CounterRead } from "./counter-read.ts";
import { countingStart, hasNewSample } from "./counting-start.ts";
import { groupByProcess, type ProcessSlice } from "./group-by-process.ts";
import { countIncrements } from "./increments.ts";
import { tallyNative } from "./native-histogram.ts";
import { cohortsSince, firstByPod, rememberLook } from "./pod-memory.ts";
import { addTally, emptyTally, type PodTally } from "./pod-tally.ts";
import { type ProcessSpan, spansOf } from "./process-span.ts";
import { badSeries, tallyRequests } from "./requests-family.ts";
import { holdBackTornScrape } from "./torn-scrape.ts";
import { WarningLog } from "./warning-log.ts";

export interface CountLookInput {
  /** Of all cohorts, metrics and sources. Each reaches back at least 5 min before the window's start. */
  readonly reads: readonly CounterRead[];
  /** The look: increments whose sample lies in it, and late ones before it, are counted. */
  readonly window: TimeWindow;
  readonly memory: PodMemory;
  /** False for the first successful look: a snapshot, nothing is counted. */
  readonly warm: boolean;
  /** How long a pod's events are kept apart after its first sample; 0: all are settled. */
  readonly warmupMs: number;
  /** Whether a pod's own age (`server`) or its cohort's (`client`) decides warm-up. */
  readonly scrapedPod: "server" | "client";
  /** Labels that name the scraped pod; the first present wins. */
  readonly podLabels: readonly string[];
}

/** What one read came to in one look. */
export interface ReadCounts {
  readonly settled: Tally;
  readonly warming: Tally;
  /** Whether any of its series had a sample in the look. */
  readonly sampled: boolean;
  /** Short hashes of the scraped pods with at least one settled bad event of the first kind, in order. */
  readonly podsWithBad: readonly string[];
  /** False: the counts cannot be true or cannot be had (then they are all 0), and the look of this metric is to be dropped. */
  readonly valid: boolean;
  /** What each scraped pod with settled events did, by short hash, in order: for dispersion. Bad is of the first kind. */
  readonly pods: readonly PodCounts[];
}

export interface PodCounts {
  readonly pod: string;
  readonly total: number;
  readonly bad: number;
}

export interface LookCounts {
  /** One for each read, in order. */
  readonly counts: readonly ReadCounts[];
  /** To be handed to the next look; also after a look that was dropped. */
  readonly memory: PodMemory;
  readonly warnings: readonly Warning[];
}

/**
 * Counts what happened in a look, from the samples of counters and from when
 * each scraped pod was last consumed.
 *
 * Every event that a scrape saw is counted in exactly one look, through
 * restarts, series born with their first event, pods that come and go, and
 * samples that arrive late. What cannot be known (before the first look, in a
 * gap longer than the reach) is left out and said. Memory and windows must be
 * handed on in order of time.
 *
 * @throws CoalmineError invalid-spec if a pattern of bad series is not a regular expression.
 */
export function countLook(input: CountLookInput): LookCounts {
  const { reads, window, memory } = input;
  const { processes, slices } = groupByProcess(reads, input.podLabels, window);
  for (const process of processes) holdBackTornScrape(process, window);
  const spans = spansOf(processes);
  const log = new WarningLog();
  if (input.warm) countProcesses(input, spans, log);
  const warnings: Warning[] = [...log.warnings];
  const counts = reads.map((read, i) => {
    const readLog = new WarningLog();
    const readCounts = sumRead(read, slices[i] ?? [], input, readLog);
    warnings.push(...readLog.warnings);
    return readCounts;
  });
  return { counts, memory: rememberLook(memory, spans), warnings };
}

function countProcesses(input: CountLookInput, spans: readonly ProcessSpan[], log: WarningLog): void {
  const { memory, warmupMs, window } = input;
  const podFirst = firstByPod(memory, spans);
  const since = cohortsSince(memory, spans);
  for (const span of spans) {
    const { process } = span;
    const after = countingStart(span, memory.pods[process.key], window, memory.full, log);
    for (const counter of process.counters) {
      const born = input.scrapedPod === "server" ? podFirst.get(process.pod) : since[counter.cohort];
      counter.settledFrom = warmupMs === 0 ? Number.NEGATIVE_INFINITY : (born ?? span.oldest) + warmupMs;
    }
    countIncrements(process.counters, after);
  }
}

function sumRead(
  read: CounterRead,
  slices: readonly ProcessSlice[],
  input: CountLookInput,
  log: WarningLog,
): ReadCounts {
  const tallySlice = sliceTallier(read);
  const sum = emptyTally(senses(read));
  const byPod = new Map<string, PodTally>();
  let sampled = false;
  let valid = true;
  for (const slice of slices) {
    const { process } = slice;
    const counters = [...slice.floats, ...slice.natives.flat()];
    const known = input.memory.pods[process.key];
    sampled ||= counters.some(({ times }) => hasNewSample(times, known, input.window));
    const tally = tallySlice(slice);
    if (typeof tally === "string") {
      valid = false;
      log.add("bad-data", tally);
      continue;
    }
    warnOfDips(counters, process.name, log);
    addTally(sum, tally);
    const ofPod = byPod.get(process.pod);
    if (ofPod === undefined) byPod.set(process.pod, tally);
    else addTally(ofPod, tally);
  }
  if (!valid) return { ...emptyTally(senses(read)), sampled, podsWithBad: [], valid, pods: [] };
  return { ...sum, sampled, valid, ...perPod(byPod) };
}

function senses({ family }: CounterRead): number {
  return family.kind === "requests" ? 1 : family.boundaries.length;
}

function sliceTallier({ family }: CounterRead): (slice: ProcessSlice) => PodTally | string {
  switch (family.kind) {
    case "requests": {
      const isBad = badSeries(family.bad);
      return ({ floats, process }) => tallyRequests(floats, isBad, process.name);
    }
    case "histogram":
      // A process that exposes a histogram in both forms is counted once, by its classic one.
      return ({ floats, natives, process }) =>
        floats.some((counter) => counter.fresh > 0)
          ? tallyClassic(floats, family.boundaries, process.name)
          : tallyNative(natives, family.boundaries, process.name);
    default:
      return unreachable(family);
  }
}

function perPod(byPod: ReadonlyMap<string, PodTally>): Pick<ReadCounts, "podsWithBad" | "pods"> {
  const podsWithBad: string[] = [];
  const pods: PodCounts[] = [];
  for (const [pod, { settled }] of [...byPod].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bad = settled.bad[0] ?? 0;
    if (bad > 0) podsWithBad.push(pod);
    if (settled.total > 0) pods.push({ pod, total: settled.total, bad });
  }
  return { podsWithBad, pods };
}

function warnOfDips(counters: readonly Counter[], pod: string, log: WarningLog): void {
  for (const { dipped, series } of counters) {
    if (!dipped) continue;
    const metric = series.labels["__name__"] ?? "a counter";
    log.add(
      "non-monotonic",
      `pod ${pod}: ${metric} went back a little without a restart; counted from its highest value on`,
    );
  }
}

// Sorts the series of all reads by the process that they were scraped from.

import type { Series, TimeWindow } from "../ports.ts";
import { type Counter, type CounterSamples, createCounter } from "./counter.ts";
import type { CounterFamily, CounterRead } from "./counter-read.ts";
import { nativeCounters } from "./native-histogram.ts";
import { createProcess, podName, processWithinPod, type ScrapedProcess } from "./scraped-process.ts";

/** One process' part of one read. */
export interface ProcessSlice {
  readonly process: ScrapedProcess;
  /** Float series: requests, or the buckets of classic histograms. */
  readonly floats: Counter[];
  /** For each native histogram series its count, then how many lay above each boundary. */
  readonly natives: (readonly Counter[])[];
}

export interface GroupedReads {
  readonly processes: readonly ScrapedProcess[];
  /** One for each read, in order. */
  readonly slices: readonly (readonly ProcessSlice[])[];
}

/**
 * Groups by process across reads: a restart seen in one metric is a restart of
 * all, and a gateway holds counters of both cohorts. Samples past the window's
 * end are left out; so are series without any other.
 */
export function groupByProcess(
  reads: readonly CounterRead[],
  podLabels: readonly string[],
  window: TimeWindow,
): GroupedReads {
  const processes = new ProcessIndex(podLabels);
  const slices = reads.map((read, index) => {
    const byProcess = new Map<ScrapedProcess, ProcessSlice>();
    for (const series of read.answer.series) {
      const process = processes.of(series);
      let slice = byProcess.get(process);
      if (slice === undefined) {
        slice = { process, floats: [], natives: [] };
        byProcess.set(process, slice);
      }
      addSeries(slice, { series, cohort: read.cohort, read: index }, read.family, window);
    }
    return [...byProcess.values()];
  });
  return { processes: processes.all, slices };
}

function addSeries(
  slice: ProcessSlice,
  source: Pick<CounterSamples, "series" | "cohort" | "read">,
  family: CounterFamily,
  window: TimeWindow,
): void {
  const { times, values, histograms } = source.series;
  if (times.length > 0) {
    const counter = createCounter({ ...source, times, values, anyDropIsRestart: false }, window);
    if (counter.length > 0) {
      slice.floats.push(counter);
      slice.process.counters.push(counter);
    }
  }
  if (family.kind === "histogram" && histograms !== undefined && histograms.length > 0) {
    const counters = nativeCounters(source, histograms, family.boundaries, window);
    if (counters.some((counter) => counter.length > 0)) {
      slice.natives.push(counters);
      slice.process.counters.push(...counters);
    }
  }
}

/** Finds a series' process without building a joined key for each of a thousand series. */
class ProcessIndex {
  readonly all: ScrapedProcess[] = [];
  readonly #podLabels: readonly string[];
  readonly #byPod = new Map<string, Map<string, ScrapedProcess>>();

  constructor(podLabels: readonly string[]) {
    this.#podLabels = podLabels;
  }

  of(series: Series): ScrapedProcess {
    const name = podName(series, this.#podLabels);
    let within = this.#byPod.get(name);
    if (within === undefined) {
      within = new Map();
      this.#byPod.set(name, within);
    }
    const withinPod = processWithinPod(series);
    let process = within.get(withinPod);
    if (process === undefined) {
      process = createProcess(name, withinPod);
      within.set(withinPod, process);
      this.all.push(process);
    }
    return process;
  }
}

// Who a series' samples come from: what restarts together, and what is remembered of it.
import type { Series } from "../ports.ts";
import type { Counter } from "./counter.ts";
import { shortHash, tinyHash } from "./pod-hash.ts";

/**
 * One scraped process: the series that share a pod, a `job` and an `instance`.
 *
 * A pod may hold several (an application beside its mesh proxy). They are
 * scraped at different times and restart one without the other, so a restart
 * belongs to the process; age and the count of affected pods belong to the pod.
 */
export interface ScrapedProcess {
  /** The pod label's value, for warnings. */
  readonly name: string;
  /** Short hash of the pod label's value. */
  readonly pod: string;
  /** Its key in the pod memory: the pod's hash, and three more characters where `job` or `instance` is known. */
  readonly key: string;
  /** Every counter of it in any read of the look. */
  readonly counters: Counter[];
}

/** The pod label's value of a series; with none of the labels, its `instance`, or empty. */
export function podName(series: Series, podLabels: readonly string[]): string {
  for (const label of podLabels) {
    const value = series.labels[label];
    if (value !== undefined && value !== "") return value;
  }
  return series.labels["instance"] ?? "";
}

/** What tells processes apart within a pod. */
export function processWithinPod(series: Series): string {
  const { job, instance } = series.labels;
  return job === undefined && instance === undefined ? "" : `${job ?? ""}\n${instance ?? ""}`;
}

export function createProcess(name: string, withinPod: string): ScrapedProcess {
  const pod = shortHash(name);
  return { name, pod, key: withinPod === "" ? pod : `${pod}.${tinyHash(withinPod)}`, counters: [] };
}

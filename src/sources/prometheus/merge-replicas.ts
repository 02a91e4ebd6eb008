/** Makes one series of what highly available replicas of one Prometheus each hold. */
import type { Series } from "../../analysis/ports.ts";
import { unionSamples } from "./union-samples.ts";

/**
 * The series without the labels that name a replica; those equal but for these
 * labels become one, the union of their samples. The labels go even where only
 * one replica answers, so a series keeps its identity when the other comes back.
 *
 * A server that repeats a series is answered the same way: counted once.
 */
export function mergeReplicas(
  series: readonly Series[],
  replicaLabels: readonly string[],
): readonly Series[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const bare = withoutLabels(one, replicaLabels);
    const key = keyOf(bare.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [bare]);
    else group.push(bare);
  }
  return Array.from(groups.values(), ([first, ...others]) => {
    if (first === undefined) throw new TypeError("a group of no series");
    return others.length === 0 ? first : unionSamples(first.labels, [first, ...others]);
  });
}

function withoutLabels(series: Series, names: readonly string[]): Series {
  if (!names.some((name) => Object.hasOwn(series.labels, name))) return series;
  const labels = Object.entries(series.labels).filter(([name]) => !names.includes(name));
  return { ...series, labels: Object.fromEntries(labels) };
}

/**
 * The same text for the same labels in any order, and for no other labels. Each
 * look writes it for every series, so it stays clear of JSON and of needless sorting.
 */
function keyOf(labels: Series["labels"]): string {
  const names = Object.keys(labels);
  if (!isRising(names)) names.sort();
  let key = "";
  for (const name of names) {
    const value = labels[name] ?? "";
    key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}

/** Prometheus writes labels in this order. */
function isRising(names: readonly string[]): boolean {
  let last = "";
  for (const name of names) {
    if (name < last) return false;
    last = name;
  }
  return true;
}

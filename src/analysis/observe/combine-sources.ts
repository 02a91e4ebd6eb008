import { sumDistributions } from "../latency/distribution.ts";
import type { Cohort, MetricObservation } from "../observation.ts";
import type { MetricSpec } from "../spec/model.ts";
import { aggregate } from "./sampled-values.ts";

/**
 * One metric as several sources saw it: counts stay apart as strata of one sum,
 * since regions differ in their split (stats.md §11.4). One source's impossible
 * counts drop the metric's look in all of them: a verdict on part of the traffic
 * would look like one on the whole.
 */
export function combineSources(metric: MetricSpec, parts: readonly MetricObservation[]): MetricObservation {
  const [first] = parts;
  if (first === undefined || parts.some(({ kind }) => kind === "dropped")) return { kind: "dropped" };
  if (parts.length === 1) return first;
  const counts = parts.filter((part) => part.kind === "counts");
  if (counts.length > 0) return { kind: "counts", strata: counts.flatMap(({ strata }) => strata) };
  const distributions = parts.filter((part) => part.kind === "distribution").map((part) => part.distribution);
  if (distributions.length > 0)
    return { kind: "distribution", distribution: sumDistributions(distributions) };
  const gauges = parts.filter((part) => part.kind === "gauge");
  if (gauges.length > 0) {
    const how = metric.kind === "gauge" ? metric.aggregate : "mean";
    const regions = (cohort: Cohort) => gauges.map((part) => part[cohort]).filter((value) => value !== null);
    return {
      kind: "gauge",
      canary: aggregate(regions("canary"), how),
      baseline: aggregate(regions("baseline"), how),
    };
  }
  const holds = parts.flatMap((part) =>
    part.kind === "condition" && part.holds !== null ? [part.holds] : [],
  );
  return { kind: "condition", holds: holds.length === 0 ? null : holds.includes(true) };
}

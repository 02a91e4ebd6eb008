import type { Distribution, MetricObservation } from "../observation.ts";
import type { MetricSpec } from "../spec/model.ts";

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
    const aggregate = metric.kind === "gauge" ? metric.aggregate : "mean";
    return {
      kind: "gauge",
      canary: aggregateRegions(
        gauges.map(({ canary }) => canary),
        aggregate,
      ),
      baseline: aggregateRegions(
        gauges.map(({ baseline }) => baseline),
        aggregate,
      ),
    };
  }
  const holds = parts.flatMap((part) =>
    part.kind === "condition" && part.holds !== null ? [part.holds] : [],
  );
  return { kind: "condition", holds: holds.length === 0 ? null : holds.includes(true) };
}

function aggregateRegions(
  values: readonly (number | null)[],
  aggregate: "mean" | "max" | "min" | "sum",
): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const sum = known.reduce((total, value) => total + value, 0);
  return { mean: sum / known.length, max: Math.max(...known), min: Math.min(...known), sum }[aggregate];
}

/** At the boundaries that all of them have; a source without the histogram yet is left out. */
function sumDistributions(all: readonly Distribution[]): Distribution {
  const known = all.filter(({ bounds }) => bounds.length > 0);
  const [first, ...others] = known;
  if (first === undefined) return { form: "classic", bounds: [], baseline: { total: 0, bad: [] } };
  const bounds = first.bounds.filter((bound) => others.every((other) => other.bounds.includes(bound)));
  const at = ({ bounds: own, baseline }: Distribution, bound: number) =>
    baseline.bad[own.indexOf(bound)] ?? 0;
  return {
    form: first.form,
    bounds,
    baseline: {
      total: known.reduce((sum, { baseline }) => sum + baseline.total, 0),
      bad: bounds.map((bound) => known.reduce((sum, one) => sum + at(one, bound), 0)),
    },
  };
}

/** A pod's metrics endpoint, and what its labels do to the series that it answers. */
import type { ExposedSample } from "./exposition.ts";

export interface ScrapeTarget {
  /** Where it answers. A URL without a path stands for `/metrics` there. */
  readonly url: string;
  /** Put on each of its series, for instance pod, version, namespace. `instance` is `host:port` unless it is here. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The URL that is asked, complete with its path. */
export function metricsUrl(target: ScrapeTarget): URL {
  const url = new URL(target.url);
  if (url.pathname === "/" && url.search === "") url.pathname = "/metrics";
  return url;
}

/** The labels that the target puts on its series. */
export function targetLabels(target: ScrapeTarget): Readonly<Record<string, string>> {
  const { host, hostname, port, protocol } = new URL(target.url);
  const instance = port === "" ? `${hostname}:${protocol === "https:" ? 443 : 80}` : host;
  return { instance, ...target.labels };
}

/**
 * The labels of a stored series: the sample's and the target's. Where both have
 * one, the target's stays and the sample's becomes `exported_<label>`, with the
 * prefix repeated until the name is free, as Prometheus does with
 * `honor_labels: false`: a pod can't pass for another. Sorted by name.
 */
export function seriesLabels(
  sample: ExposedSample,
  target: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const labels = new Map<string, string>([
    ["__name__", sample.name],
    ...sample.labels,
    ...Object.entries(target),
  ]);
  const clashes = [...sample.labels].filter(([label]) => Object.hasOwn(target, label));
  // Shortest first, so that which label gets which name does not depend on their order.
  for (const [label, value] of clashes.toSorted(([a], [b]) => a.length - b.length)) {
    let exported = `exported_${label}`;
    while (labels.has(exported)) exported = `exported_${exported}`;
    labels.set(exported, value);
  }
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

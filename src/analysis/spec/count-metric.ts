import type { ErrorsMetric, LatencyMetric, RatioMetric } from "./model.ts";

/** A metric that counts: of so many requests, so many were bad. */
export type CountMetric = ErrorsMetric | LatencyMetric | RatioMetric;

/** What a count metric can be asked. */
export type CountQuestion = "compare" | "limit" | "slower";

export function isCountMetric(metric: { readonly kind: string }): metric is CountMetric {
  return metric.kind === "errors" || metric.kind === "latency" || metric.kind === "ratio";
}

/** What this one is asked, in the order in which its evidence is kept and its shares are weighed. */
export function countQuestions(metric: CountMetric): readonly CountQuestion[] {
  const asked: CountQuestion[] = [];
  if (metric.compare !== null) asked.push("compare");
  if (metric.limit !== null) asked.push("limit");
  if (metric.kind === "latency" && metric.slower !== null) asked.push("slower");
  return asked;
}

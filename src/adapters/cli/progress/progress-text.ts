/** What progress says of a running analysis, on a bar or a line. */
import type { AnalysisResult, MetricResult } from "../../../analysis/result.ts";
import { formatDuration } from "../../../base/duration.ts";
import { formatCount, formatOdds } from "../../../base/format.ts";

/** `2m30s of 10m`, in whole seconds; what lies outside the duration shows as its nearest end. */
export function elapsedText(elapsedMs: number, durationMs: number): string {
  const seconds = Math.floor(Math.min(Math.max(0, elapsedMs), durationMs) / 1_000);
  return `${formatDuration(seconds * 1_000)} of ${formatDuration(durationMs)}`;
}

/** `1,204 canary requests, errors 3.1 : 1 of 20 : 1, p99 0.40 : 1 of 33 : 1`: what was seen, and the evidence so far. */
export function evidenceText(result: AnalysisResult): string {
  const evidence = result.metrics.filter(({ evidence }) => evidence.fail !== null).map(metricText);
  return [`${formatCount(canaryRequests(result))} canary requests`, ...evidence].join(", ");
}

/** Requests of the canary counted so far: the largest total of any request metric. */
export function canaryRequests(result: AnalysisResult): number {
  const totals = result.metrics
    .filter(({ kind }) => kind === "errors" || kind === "latency")
    .map(({ canary }) => canary?.total ?? 0);
  return Math.max(0, ...totals);
}

function metricText({ name, evidence }: MetricResult): string {
  const needs = evidence.failNeeds === null ? "" : ` of ${formatOdds(evidence.failNeeds)}`;
  return `${name} ${formatOdds(evidence.fail)}${needs}`;
}

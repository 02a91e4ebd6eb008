/** What progress says of a running analysis, on a bar or a line. */
import type { AnalysisResult, MetricResult } from "../../../analysis/result.ts";
import type { AnalysisStep } from "../../../analysis/run/step.ts";
import { formatDuration } from "../../../base/duration.ts";
import { formatCount, formatOdds } from "../../../base/format.ts";

/** `2m30s of 10m`, in whole seconds; what lies outside the duration shows as its nearest end. */
export function elapsedText(elapsedMs: number, durationMs: number): string {
  const seconds = Math.floor(Math.min(Math.max(0, elapsedMs), durationMs) / 1_000);
  return `${formatDuration(seconds * 1_000)} of ${formatDuration(durationMs)}`;
}

/**
 * What is known by now: `1,204 canary requests, errors 3.1 : 1 of 20 : 1`, or
 * what it waits for while the source is away or the pods are too young.
 */
export function statusText({ state, result }: AnalysisStep): string {
  if (result.phase === "running" && state.sourceAway !== null) return result.reason.text;
  const requests = `${formatCount(canaryRequests(result))} canary requests`;
  if (result.reason.code === "warming-up") return `${requests}, ${result.reason.text}`;
  return [requests, ...result.metrics.filter(({ evidence }) => evidence.fail !== null).map(metricText)].join(
    ", ",
  );
}

/** Requests of the canary counted so far: the largest total of any request metric. */
function canaryRequests(result: AnalysisResult): number {
  const totals = result.metrics
    .filter(({ kind }) => kind === "errors" || kind === "latency")
    .map(({ canary }) => canary?.total ?? 0);
  return Math.max(0, ...totals);
}

function metricText({ name, evidence }: MetricResult): string {
  const needs = evidence.failNeeds === null ? "" : ` of ${formatOdds(evidence.failNeeds)}`;
  return `${name} ${formatOdds(evidence.fail)}${needs}`;
}

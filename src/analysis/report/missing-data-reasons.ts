import { formatDuration } from "../../base/duration.ts";
import { formatCount } from "../../base/format.ts";
import type { CountMetricState } from "../advance/state.ts";
import type { Cohort } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Reason } from "../result.ts";
import { renderSelector } from "../selector.ts";
import type { CountMetric } from "../spec/count-metric.ts";
import type { MetricQuery } from "../telemetry.ts";

/** Reasons that nothing could be judged: which selector found nothing, what was too little. */

export function tooFewRequests(plan: Plan, seen: number): Reason {
  const text = `${formatCount(seen)} canary requests past warm-up in ${formatDuration(plan.spec.durationMs)}, needs ${formatCount(plan.spec.minCanaryRequests)} (minCanaryRequests)`;
  return { code: "too-few-requests", text };
}

/** The selector found nothing, or nothing that can be counted. */
export function noSeries(plan: Plan, index: number, cohort: Cohort): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const selector = selectorOf(plan.telemetry.queries[index], cohort);
  return { code: noDataCode(cohort), text: `${name}: no ${cohort} samples from ${selector}` };
}

export function noRequests(plan: Plan, cohort: Cohort): Reason {
  const selector = selectorOf(plan.telemetry.queries[plan.trafficMetric], cohort);
  return {
    code: noDataCode(cohort),
    text: `the ${cohort}'s series exist and never move: no requests in ${selector}`,
  };
}

/** A cohort that had been read and then was not, or not so that it could be counted. */
export function wentSilent(plan: Plan, index: number, cohort: Cohort, ms: number): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const selector = selectorOf(plan.telemetry.queries[index], cohort);
  const text = `${name}: no usable ${cohort} samples for ${formatDuration(ms)} from ${selector}`;
  return { code: noDataCode(cohort), text };
}

/** Samples came, and none that could be counted. */
export function allDropped(plan: Plan, index: number, looks: number): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const text = `${name}: the counts of ${formatCount(looks)} looks could not be true and were left out; nothing is left to judge`;
  return { code: "no-data", text };
}

/** Canary requests that came while the baseline had none, and went wrong. */
export function unmatched(
  plan: Plan,
  index: number,
  { total, bad }: { readonly total: number; readonly bad: number },
): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const text = `${name}: ${formatCount(bad)} of ${formatCount(total)} canary requests were bad while the baseline had none to compare them with`;
  return { code: "no-baseline-data", text };
}

/** Too short a stretch of settled traffic for a pass. */
export function tooFewTicks(
  plan: Plan,
  index: number,
  { settledTicks }: CountMetricState,
  least: number,
): Reason {
  const name = plan.spec.metrics[index]?.name ?? "traffic";
  const who = plan.spec.baseline === null ? "canary requests" : "requests of both cohorts";
  const text = `${name}: ${who} past warm-up in ${settledTicks} whole ticks, needs ${least}`;
  return { code: "too-few-requests", text };
}

export function noBoundaries(metric: CountMetric): Reason {
  const text = `${metric.name}: the baseline had too few requests to choose latency boundaries from`;
  return { code: "no-baseline-data", text };
}

/** A histogram whose boundaries are all below what the baseline takes. */
export function beyondBoundaries(metric: CountMetric): Reason {
  const text = `${metric.name}: most of the baseline's latencies lie beyond every boundary of the histogram, so none can tell the cohorts apart`;
  return { code: "no-baseline-data", text };
}

export function sourceUnavailable(plan: Plan, away: { readonly message: string }): Reason {
  const span = formatDuration(plan.spec.sourceTimeoutMs);
  return {
    code: "source-unavailable",
    text: `no answer from the metrics source for ${span}: ${away.message}`,
  };
}

function noDataCode(cohort: Cohort): ReasonCode {
  return cohort === "canary" ? "no-data" : "no-baseline-data";
}

function selectorOf(query: MetricQuery | undefined, cohort: Cohort): string {
  if (query === undefined) return "no selector";
  const selectors = {
    errors: () => (query.kind === "errors" ? query.requests : null),
    latency: () => (query.kind === "latency" ? bucketsOf(query.histogram) : null),
    ratio: () => (query.kind === "ratio" ? query.total : null),
    gauge: () => (query.kind === "gauge" ? query.values : null),
    condition: () => (query.kind === "condition" ? query.values : null),
  }[query.kind]();
  const selector = selectors?.[cohort] ?? null;
  return selector === null ? "no selector" : renderSelector(selector);
}

function bucketsOf({ canary, baseline }: Extract<MetricQuery, { kind: "latency" }>["histogram"]) {
  const bucket = (metric: string) => `${metric}_bucket`;
  return {
    canary: { ...canary, metric: bucket(canary.metric) },
    baseline: baseline && { ...baseline, metric: bucket(baseline.metric) },
  };
}

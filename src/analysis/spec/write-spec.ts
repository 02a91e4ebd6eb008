import { formatDuration } from "../../base/duration.ts";
import { formatMargin, formatRatio } from "./margin.ts";
import type { AnalysisSpec, CompareSpec, LimitSpec, MetricSpec } from "./model.ts";
import { formatRate } from "./rate.ts";
import { formatLatency } from "./time-span.ts";

/**
 * The spec as it was understood, in the words of the spec file, with every
 * default spelled out: what a report shows and what a copy can be started from.
 * parseSpec reads it back as the same spec.
 */
export function writeSpec(spec: AnalysisSpec): unknown {
  const { preset, options } = spec.telemetry;
  const [source, ...others] = spec.sources;
  return {
    apiVersion: "coalmine/v1",
    kind: "Analysis",
    service: spec.service,
    namespace: spec.namespace,
    telemetry: Object.keys(options).length === 0 ? preset : { preset, ...options },
    source: others.length === 0 ? source : spec.sources,
    cohorts: { canary: spec.canary, ...(spec.baseline === null ? {} : { baseline: spec.baseline }) },
    metrics: spec.metrics.map(writeMetric),
    duration: formatDuration(spec.durationMs),
    interval: formatDuration(spec.intervalMs),
    tick: formatDuration(spec.tickMs),
    warmup: formatDuration(spec.warmupMs),
    budget: { falseAlarm: formatRate(spec.budget.falseAlarm), falsePass: formatRate(spec.budget.falsePass) },
    pass: spec.pass,
    onDeadline: spec.onDeadline,
    minCanaryRequests: spec.minCanaryRequests,
    sourceTimeout: formatDuration(spec.sourceTimeoutMs),
    dispersion: spec.dispersion,
    evidenceCap: spec.evidenceCap,
    outageChannel: spec.outageChannel,
  };
}

function writeMetric(metric: MetricSpec): Readonly<Record<string, unknown>> {
  const { canarySelector, baselineSelector } = metric;
  const base = withoutNothing({
    name: metric.name,
    kind: metric.kind,
    gate: metric.gate,
    weight: metric.weight,
    canarySelector,
    baselineSelector,
  });
  return { ...base, ...withoutNothing(writeQuestions(metric)) };
}

function writeQuestions(metric: MetricSpec): Readonly<Record<string, unknown>> {
  switch (metric.kind) {
    case "errors":
      return { limit: writeLimit(metric.limit), compare: writeCompare(metric.compare) };
    case "latency":
      return {
        quantile: metric.quantile,
        limit:
          metric.limit === null
            ? null
            : withAbsolute(formatLatency(metric.limit.atMostSeconds), metric.limit.absolute),
        compare: writeCompare(metric.compare),
        slower: metric.slower === null ? null : formatRatio(metric.slower),
      };
    case "ratio":
      return {
        bad: metric.bad,
        total: metric.total,
        limit: writeLimit(metric.limit),
        compare: writeCompare(metric.compare),
      };
    case "gauge":
      return {
        query: metric.query,
        aggregate: metric.aggregate,
        failAbove: formatRatio(metric.failAbove),
        passBelow: formatRatio(metric.passBelow),
        block: formatDuration(metric.blockMs),
      };
    case "condition":
      return { query: metric.query, for: formatDuration(metric.forMs) };
  }
}

function writeLimit(limit: LimitSpec | null): unknown {
  return limit === null ? null : withAbsolute(formatRate(limit.atMost), limit.absolute);
}

function withAbsolute(atMost: string, absolute: boolean): unknown {
  return absolute ? { atMost, absolute } : atMost;
}

function writeCompare(compare: CompareSpec | null): unknown {
  if (compare === null) return null;
  return { failAbove: formatMargin(compare.failAbove), passBelow: formatMargin(compare.passBelow) };
}

function withoutNothing(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

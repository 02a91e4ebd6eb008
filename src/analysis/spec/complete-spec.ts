import { presetTable } from "../presets/preset-table.ts";
import type { MetricInput } from "./metric-schema.ts";
import type { AnalysisSpec, CohortSpec, CompareSpec, MetricSpec, TelemetrySpec } from "./model.ts";
import type { SpecInput } from "./spec-schema.ts";

/** `1.25x` and `2x + 0.5pp`, as `compare: {}` has them. */
const defaultCompare: CompareSpec = {
  failAbove: { ratio: 1.25, points: 0 },
  passBelow: { ratio: 2, points: 0.005 },
};

/** Fills in what depends on other keys: a preset's cohorts, the metrics and their names, and which comparisons are made. */
export function completeSpec(input: SpecInput): AnalysisSpec {
  const telemetry = completeTelemetry(input.telemetry);
  const { canary, baseline } = completeCohorts(input, telemetry);
  const metrics = input.metrics ?? [bare("errors"), bare("latency")];
  return {
    service: input.service,
    namespace: input.namespace,
    telemetry,
    sources: typeof input.source === "string" ? [input.source] : input.source,
    canary,
    baseline,
    metrics: metrics.map((metric) => completeMetric(metric, baseline !== null)),
    durationMs: input.duration,
    intervalMs: input.interval,
    tickMs: input.tick,
    warmupMs: input.warmup,
    budget: input.budget,
    pass: input.pass,
    onDeadline: input.onDeadline,
    minCanaryRequests: input.minCanaryRequests,
    sourceTimeoutMs: input.sourceTimeout,
    dispersion: input.dispersion,
    evidenceCap: input.evidenceCap,
    outageChannel: input.outageChannel,
  };
}

function bare(kind: "errors" | "latency"): MetricInput {
  return { kind, gate: true, weight: 1 };
}

function completeTelemetry(input: SpecInput["telemetry"]): TelemetrySpec {
  if (typeof input === "string") return { preset: input, options: {} };
  const { preset, ...options } = input;
  return { preset, options: present(options) };
}

/** Without cohorts, the preset's own; without these, a canary that names nothing, which the preset then refuses. */
function completeCohorts(
  { service, cohorts }: SpecInput,
  { preset, options }: TelemetrySpec,
): { canary: CohortSpec; baseline: CohortSpec | null } {
  if (cohorts === undefined) {
    return presetTable.get(preset)?.cohorts(service, options) ?? { canary: {}, baseline: null };
  }
  return {
    canary: present(cohorts.canary),
    baseline: cohorts.baseline === undefined ? null : present(cohorts.baseline),
  };
}

function completeMetric(input: MetricInput, hasBaseline: boolean): MetricSpec {
  const { kind, gate, weight, name = kind, canarySelector, baselineSelector } = input;
  const base = { name, gate, weight, ...present({ canarySelector, baselineSelector }) };
  switch (input.kind) {
    case "errors":
      return {
        ...base,
        kind: input.kind,
        limit: input.limit ?? null,
        compare: compareOf(input, hasBaseline),
      };
    case "latency":
      return {
        ...base,
        kind: input.kind,
        quantile: input.quantile ?? null,
        limit: input.limit ?? null,
        slower: input.slower ?? null,
        compare: compareOf(input, hasBaseline),
      };
    case "ratio":
      return {
        ...base,
        kind: input.kind,
        bad: input.bad,
        total: input.total,
        limit: input.limit ?? null,
        compare: compareOf(input, hasBaseline),
      };
    case "gauge": {
      const { query, aggregate, failAbove, passBelow = failAbove, block } = input;
      return { ...base, kind: input.kind, query, aggregate, failAbove, passBelow, blockMs: block };
    }
    case "condition":
      return { ...base, kind: input.kind, query: input.query, forMs: input.for };
  }
}

/** A metric that asks nothing is compared, if there is something to compare it with. */
function compareOf(
  input: { readonly compare?: CompareSpec | undefined; readonly limit?: unknown; readonly slower?: unknown },
  hasBaseline: boolean,
): CompareSpec | null {
  if (input.compare !== undefined) return input.compare;
  const asks = input.limit !== undefined || input.slower !== undefined;
  return asks || !hasBaseline ? null : defaultCompare;
}

/** The fields that are there: a key that is left out and a key without value are the same. */
function present<T>(fields: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** The metrics of a spec, from the labels that are about them. */
import { presetTable } from "../../analysis/presets/preset-table.ts";
import type { Problem } from "../../base/errors.ts";

/** The labels' values by their names. */
export type LabelValues = ReadonlyMap<string, string>;

type Kind = "errors" | "latency";

export interface LabelledMetrics {
  /** Undefined where no label says anything of metrics: the spec's defaults hold. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** The label behind each key of the spec. */
  readonly labelByPath: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Where each label's value goes, in the metric that it is about. */
const metricKeys: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  errors: { error_limit: "limit", fail_above: "compare.failAbove", pass_below: "compare.passBelow" },
  latency: {
    latency_limit: "limit",
    quantile: "quantile",
    slower: "slower",
    fail_above: "compare.failAbove",
    pass_below: "compare.passBelow",
  },
};

/** What an objective of latency is about unless `quantile` says so. */
const defaultQuantile = "0.99";

/**
 * Errors and latency, compared where there is a baseline, each with the limit
 * that a label gives it; without a baseline those that have one. `metrics` says
 * which of the two it is.
 */
export function metricsOf(values: LabelValues, hasBaseline: boolean): LabelledMetrics {
  const labels = new Set(Object.values(metricKeys).flatMap((keys) => Object.keys(keys)));
  if (!values.has("metrics") && ![...labels].some((label) => values.has(label))) {
    return { metrics: undefined, labelByPath: new Map(), problems: [] };
  }
  const { kinds, problems } = kindsOf(values, hasBaseline);
  const labelByPath = new Map([["metrics", "metrics"]]);
  const metrics = kinds.map((kind, index) => {
    for (const [label, key] of Object.entries(metricKeys[kind])) {
      labelByPath.set(`metrics.${index}.${key}`, label);
    }
    return kind === "errors" ? errorsMetric(values, hasBaseline) : latencyMetric(values, hasBaseline);
  });
  return { metrics, labelByPath, problems: [...problems, ...strayLabels(values, kinds)] };
}

/** Whether there will be a baseline: one that labels name, or the preset's own where they name no cohort. */
export function expectsBaseline(values: LabelValues): boolean {
  const names = (cohort: string) => [...values.keys()].some((label) => label.startsWith(`${cohort}_`));
  if (names("baseline") || names("stable")) return true;
  return !names("canary") && presetTable.get(values.get("telemetry") ?? "")?.cohorts("", {}) != null;
}

function kindsOf(values: LabelValues, hasBaseline: boolean) {
  const listed = values.get("metrics");
  if (listed === undefined) {
    const asked = (kind: Kind) => Object.keys(metricKeys[kind]).some((label) => values.has(label));
    const kinds = (["errors", "latency"] as const).filter((kind) => hasBaseline || asked(kind));
    return { kinds, problems: [] };
  }
  const words = listed.split(",").map((word) => word.trim());
  const isKnown = words.every((word) => word === "errors" || word === "latency");
  const kinds = (["errors", "latency"] as const).filter((kind) => words.includes(kind));
  const message = `expected errors, latency or errors,latency, got ${JSON.stringify(listed)}; spec_json takes other metrics`;
  return { kinds, problems: isKnown ? [] : [{ path: "metrics", message }] };
}

function strayLabels(values: LabelValues, kinds: readonly Kind[]): readonly Problem[] {
  const used = new Set(kinds.flatMap((kind) => Object.keys(metricKeys[kind])));
  const all = new Set(Object.values(metricKeys).flatMap((keys) => Object.keys(keys)));
  return [...all]
    .filter((label) => values.has(label) && !used.has(label))
    .map((label) => ({ path: label, message: "is about a metric that `metrics` leaves out" }));
}

function errorsMetric(values: LabelValues, hasBaseline: boolean) {
  return { kind: "errors", limit: values.get("error_limit"), compare: compareOf(values, hasBaseline) };
}

/** `slower` compares the quantile itself, so the share of slow requests is not compared beside it. */
function latencyMetric(values: LabelValues, hasBaseline: boolean) {
  const [limit, slower] = [values.get("latency_limit"), values.get("slower")];
  const needsQuantile = limit !== undefined || slower !== undefined;
  return {
    kind: "latency",
    quantile: values.get("quantile") ?? (needsQuantile ? defaultQuantile : undefined),
    limit,
    slower,
    compare: compareOf(values, hasBaseline && slower === undefined),
  };
}

function compareOf(values: LabelValues, isCompared: boolean) {
  const [failAbove, passBelow] = [values.get("fail_above"), values.get("pass_below")];
  const hasMargin = failAbove !== undefined || passBelow !== undefined;
  return isCompared || hasMargin ? { failAbove, passBelow } : undefined;
}

import { unreachable } from "../../base/unreachable.ts";
import { type Matcher, renderSelector, type Selector } from "../selector.ts";
import type { AnalysisSpec, MetricSpec } from "../spec/model.ts";
import { parseCondition } from "../spec/parse-condition.ts";
import { parseMatchers, parseSelector } from "../spec/parse-selector.ts";
import { at, invalidSpec } from "../spec/problems-of.ts";
import type { CohortSelectors, MetricQuery } from "../telemetry.ts";
import { cohortMatchers } from "./cohort-matchers.ts";
import { http } from "./http.ts";
import type { Preset, PresetSeries, Subject } from "./preset.ts";

/** A preset applied to one spec. */
export interface AppliedPreset {
  readonly preset: Preset;
  readonly subject: Subject;
  readonly series: PresetSeries;
}

/**
 * What is read for one metric. `path` is the metric's place in the spec.
 *
 * @throws CoalmineError invalid-spec if a selector cannot be read or both cohorts have the same one.
 */
export function metricQuery(applied: AppliedPreset, metric: MetricSpec, path: string): MetricQuery {
  const { series } = applied;
  switch (metric.kind) {
    case "errors": {
      const requests = presetSelectors(applied, metric, series.requests, path);
      return { kind: "errors", requests, bad: series.bad };
    }
    case "latency": {
      const histogram = presetSelectors(applied, metric, series.histogram, path);
      return { kind: "latency", histogram, unitSeconds: series.unitSeconds };
    }
    case "ratio": {
      const bad = userSelectors(
        applied,
        metric,
        at(`${path}.bad`, () => parseSelector(metric.bad)),
        path,
      );
      const total = userSelectors(
        applied,
        metric,
        at(`${path}.total`, () => parseSelector(metric.total)),
        path,
      );
      if (renderSelector(bad.canary) !== renderSelector(total.canary)) return { kind: "ratio", bad, total };
      throw invalidSpec([
        { path: `${path}.bad`, message: "is the same as `total`: everything would be bad" },
      ]);
    }
    case "gauge": {
      const selector = at(`${path}.query`, () => parseSelector(metric.query));
      return { kind: "gauge", values: userSelectors(applied, metric, selector, path) };
    }
    case "condition": {
      const { selector, op, threshold } = at(`${path}.query`, () => parseCondition(metric.query));
      // A condition is about the canary alone.
      const { canary } = userSelectors(applied, metric, selector, path);
      return { kind: "condition", values: { canary, baseline: null }, op, threshold };
    }
    default:
      return unreachable(metric);
  }
}

/** Selectors of the preset's own series. A metric's own matchers stand in for the cohort's, beside what is common. */
function presetSelectors(
  applied: AppliedPreset,
  metric: MetricSpec,
  name: string,
  path: string,
): CohortSelectors {
  const selector = { metric: name, matchers: [] };
  return selectors(applied, metric, path, (cohort, side) => {
    const override = overrideOf(metric, side, path);
    const { common, own } = matchersOf(applied, applied.series, cohort, side);
    return override === null ? merge(selector, common, own) : merge(selector, applied.series.base, override);
  });
}

/** Selectors of a series that the user named. A metric's own matchers are all that is added to it. */
function userSelectors(
  applied: AppliedPreset,
  metric: MetricSpec,
  selector: Selector,
  path: string,
): CohortSelectors {
  const { preset, subject } = applied;
  const isPresets = selector.metric.startsWith(preset.prefix);
  const series = isPresets ? applied.series : http.series({ ...subject, options: {} });
  return selectors(applied, metric, path, (cohort, side) => {
    const override = overrideOf(metric, side, path);
    if (override !== null) return merge(selector, [], override);
    if (isPresets || preset.podSeries) {
      const { common, own } = matchersOf(applied, series, cohort, side);
      return merge(selector, common, own);
    }
    const message = `is missing; ${preset.name} tells the cohorts apart by labels that ${selector.metric} does not have`;
    throw invalidSpec([{ path: `${path}.${side}Selector`, message }]);
  });
}

type Side = "canary" | "baseline";
type CohortOf = NonNullable<AnalysisSpec["baseline"]>;

function selectors(
  { subject }: AppliedPreset,
  metric: MetricSpec,
  path: string,
  select: (cohort: CohortOf, side: Side) => Selector,
): CohortSelectors {
  const canary = select(subject.canary, "canary");
  if (subject.baseline === null || metric.kind === "condition") return { canary, baseline: null };
  const baseline = select(subject.baseline, "baseline");
  if (canonical(canary) !== canonical(baseline)) return { canary, baseline };
  const overridden = metric.canarySelector !== undefined || metric.baselineSelector !== undefined;
  const message = `cannot tell canary from baseline: both are ${renderSelector(canary)}`;
  throw invalidSpec([{ path: overridden ? path : "cohorts", message }]);
}

function matchersOf({ subject }: AppliedPreset, series: PresetSeries, cohort: CohortOf, side: Side) {
  const other = side === "canary" ? subject.baseline : subject.canary;
  return cohortMatchers(series, subject.service, cohort, other);
}

function overrideOf(metric: MetricSpec, side: Side, path: string): readonly Matcher[] | null {
  const text = side === "canary" ? metric.canarySelector : metric.baselineSelector;
  return text === undefined ? null : at(`${path}.${side}Selector`, () => parseMatchers(text));
}

/** The user's matchers first; what is common to both cohorts gives way where the user matches the same label. */
function merge(selector: Selector, common: readonly Matcher[], own: readonly Matcher[]): Selector {
  const taken = new Set(selector.matchers.map(({ label }) => label));
  const added = [...common.filter(({ label }) => !taken.has(label)), ...own];
  const matchers = [...selector.matchers, ...added];
  const distinct = new Map(
    matchers.map((matcher) => [`${matcher.label}${matcher.op}${matcher.value}`, matcher]),
  );
  return { metric: selector.metric, matchers: [...distinct.values()] };
}

/** The same text for selectors that match the same series whatever the order of their matchers. */
function canonical({ metric, matchers }: Selector): string {
  const parts = matchers.map(({ label, op, value }) => `${label}${op}${value}`);
  return [metric, ...parts.sort()].join("\n");
}

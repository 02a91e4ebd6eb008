import type { Problem } from "../../base/errors.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import { invalidSpec, problemsOf } from "../spec/problems-of.ts";
import type { Telemetry } from "../telemetry.ts";
import { type AppliedPreset, metricQuery } from "./metric-query.ts";
import { presetProblems } from "./preset-problems.ts";
import { presetTable } from "./preset-table.ts";

/**
 * What is to be read for a spec: the preset's and the user's selectors with
 * both cohorts filled in, in the order of the spec's metrics. A spec that
 * parseSpec returned has no problem here.
 *
 * @throws CoalmineError invalid-spec with every problem: fields the preset
 *   lacks or does not understand, selectors that cannot be read, and cohorts
 *   that cannot be told apart.
 */
export function telemetryOf(spec: AnalysisSpec): Telemetry {
  const problems = telemetryProblems(spec);
  if (problems.length > 0) throw invalidSpec(problems);
  const applied = apply(spec);
  return {
    queries: spec.metrics.map((metric, index) => metricQuery(applied, metric, `metrics.${index}`)),
    scrapedPod: applied.series.scrapedPod,
    podLabels: applied.series.podLabels,
  };
}

/** Every problem that {@link telemetryOf} would throw; of those with the same path, the first. */
export function telemetryProblems(spec: AnalysisSpec): Problem[] {
  const problems = presetProblems(spec);
  if (problems.length > 0) return problems;
  const applied = apply(spec);
  const found = spec.metrics.flatMap((metric, index) => {
    const path = `metrics.${index}`;
    return problemsOf(path, () => metricQuery(applied, metric, path));
  });
  return found.filter(({ path }, index) => found.findIndex((problem) => problem.path === path) === index);
}

function apply(spec: AnalysisSpec): AppliedPreset {
  const preset = presetTable.get(spec.telemetry.preset);
  if (preset === undefined) throw new TypeError(`no preset ${spec.telemetry.preset}`);
  const subject = { ...spec, options: spec.telemetry.options };
  return { preset, subject, series: preset.series(subject) };
}

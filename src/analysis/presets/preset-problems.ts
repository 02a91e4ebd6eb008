import type { Problem } from "../../base/errors.ts";
import { compilePattern } from "../../base/pattern.ts";
import type { AnalysisSpec, CohortSpec } from "../spec/model.ts";
import { suggestion } from "../spec/nearest-word.ts";
import { parseMatchers } from "../spec/parse-selector.ts";
import { problemsOf } from "../spec/problems-of.ts";
import type { Preset, PresetOption, PresetSeries } from "./preset.ts";
import { presetTable } from "./preset-table.ts";

const fields = ["version", "workload", "service", "hash", "selector"] as const;

/** What a preset misses in a spec, or does not understand of it; empty if it can name the series. */
export function presetProblems(spec: AnalysisSpec): Problem[] {
  const preset = presetTable.get(spec.telemetry.preset);
  if (preset === undefined) {
    const hint = suggestion(spec.telemetry.preset, [...presetTable.keys()]);
    return [{ path: "telemetry", message: `unknown preset \`${spec.telemetry.preset}\`; ${hint}` }];
  }
  const problems = optionProblems(preset, spec.telemetry.options);
  if (preset.needsNamespace && spec.namespace === "") {
    problems.push({
      path: "namespace",
      message: `is missing; ${preset.name} has it in the names of its series`,
    });
  }
  if (problems.length > 0) return problems;
  const series = preset.series({ ...spec, options: spec.telemetry.options });
  return [
    ...cohortProblems(preset, series, spec.canary, "cohorts.canary"),
    ...(spec.baseline === null ? [] : cohortProblems(preset, series, spec.baseline, "cohorts.baseline")),
  ];
}

function optionProblems(preset: Preset, options: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const option = Object.hasOwn(preset.options, name) ? preset.options[name] : undefined;
    const message =
      option === undefined
        ? `unknown option of ${preset.name}; ${suggestion(name, Object.keys(preset.options))}`
        : optionProblem(option, value);
    return message === null ? [] : [{ path: `telemetry.${name}`, message }];
  });
}

function optionProblem({ form, values }: PresetOption, value: string): string | null {
  if (values !== undefined) {
    return values.includes(value)
      ? null
      : `expected one of ${values.join(", ")}, got ${JSON.stringify(value)}`;
  }
  switch (form) {
    case "label":
      return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value)
        ? null
        : `expected a label name, got ${JSON.stringify(value)}`;
    case "metric":
      return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(value)
        ? null
        : `expected a metric name, got ${JSON.stringify(value)}`;
    case "pattern":
      return isPattern(value) ? null : `expected a regular expression, got ${JSON.stringify(value)}`;
    case "text":
      return null;
  }
}

function isPattern(value: string): boolean {
  try {
    compilePattern(value);
    return true;
  } catch {
    return false;
  }
}

function cohortProblems(preset: Preset, series: PresetSeries, cohort: CohortSpec, path: string): Problem[] {
  const takes = `${preset.name} takes ${preset.cohortFields.join(", ")}`;
  const given = fields.filter((field) => cohort[field] !== undefined);
  if (given.length === 0) return [{ path, message: `names no pods; ${takes}` }];
  const problems: Problem[] = given
    .filter((field) => !preset.cohortFields.includes(field))
    .map((field) => ({ path: `${path}.${field}`, message: `is not understood; ${takes}` }));
  if (cohort.hashLabel !== undefined && cohort.hash === undefined) {
    problems.push({ path: `${path}.hashLabel`, message: "means nothing without `hash`" });
  }
  if (cohort.hash !== undefined && cohort.hashLabel === undefined && series.podLabel === null) {
    const message =
      "the series come from clients and do not name the judged pod; give `hashLabel` or another field";
    problems.push({ path: `${path}.hash`, message });
  }
  const { selector } = cohort;
  if (selector !== undefined) problems.push(...problemsOf(`${path}.selector`, () => parseMatchers(selector)));
  return problems;
}

/** The labels of a query that are words of a spec, and the keys of the spec that each stands for. */
import { presetTable } from "../../analysis/presets/preset-table.ts";

/** How a cohort may be named, in the spec's words. */
const cohortWords = ["version", "workload", "service", "hash", "hashLabel", "selector"] as const;

/** Keys of the spec that hold one word. */
const plainWords = [
  ...["service", "namespace", "source", "duration", "interval", "tick", "warmup"],
  ...["budget.falseAlarm", "budget.falsePass", "pass", "onDeadline", "minCanaryRequests"],
  ...["sourceTimeout", "dispersion", "evidenceCap", "outageChannel"],
] as const;

/** A label, and the keys of the spec that get its value. */
export interface SpecLabel {
  readonly paths: readonly string[];
  /** For words of both cohorts: they go to the cohorts that other labels name, and give way to a cohort's own. */
  readonly isShared?: boolean;
}

/** Labels that say which metrics there are and what they are asked; metric-labels.ts reads them. */
const metricLabels = [
  ...["metrics", "error_limit", "latency_limit", "quantile", "slower", "fail_above", "pass_below"],
] as const;

/** Labels whose values are put into the spec as they are, by name. */
export const specLabels: ReadonlyMap<string, SpecLabel> = new Map<string, SpecLabel>([
  ...plainWords.map((path) => [snake(path.split(".").at(-1) ?? path), { paths: [path] }] as const),
  ["telemetry", { paths: ["telemetry.preset"] }],
  ...optionNames().map((name) => [`telemetry_${snake(name)}`, { paths: [`telemetry.${name}`] }] as const),
  ...cohortWords.flatMap((word) => [
    [`canary_${snake(word)}`, { paths: [`cohorts.canary.${word}`] }] as const,
    [`baseline_${snake(word)}`, { paths: [`cohorts.baseline.${word}`] }] as const,
    [`stable_${snake(word)}`, { paths: [`cohorts.baseline.${word}`] }] as const,
  ]),
  ...(["workload", "hashLabel"] as const).map(
    (word) =>
      [
        snake(word),
        { paths: [`cohorts.canary.${word}`, `cohorts.baseline.${word}`], isShared: true },
      ] as const,
  ),
]);

/** A whole spec as JSON, in place of all the others. */
export const wholeSpecLabel = "spec_json";

/** How old the verdict of a query without a key may be. */
export const maxAgeLabel = "max_age";

/** Labels that describe an analysis as well as a spec: by themselves they only select. */
const describing: ReadonlySet<string> = new Set(["service", "namespace"]);

/** The labels that make a query start an analysis. */
export const startingLabels: ReadonlySet<string> = new Set(
  [...specLabels.keys(), ...metricLabels, wholeSpecLabel, maxAgeLabel].filter(
    (label) => !describing.has(label),
  ),
);

function optionNames(): readonly string[] {
  return [...new Set([...presetTable.values()].flatMap(({ options }) => Object.keys(options)))];
}

function snake(word: string): string {
  return word.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

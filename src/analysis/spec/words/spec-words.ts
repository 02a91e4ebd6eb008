/**
 * The words with which a flat map of texts spells out a spec, and the keys of
 * the spec that each stands for. Callers write them in their own form: labels
 * of a query as `error_limit`, metadata of a webhook as `errorLimit`.
 */
import { presetTable } from "../../presets/preset-table.ts";

/** The words given, each in the spec's own form (`errorLimit`), and their values. */
export type WordValues = ReadonlyMap<string, string>;

/** How a caller writes the words, so that what is wrong is told in its terms. */
export interface WordForm {
  /** `errorLimit` as the caller writes it. */
  spell(word: string): string;
  /** All the words of a cohort, as in `canary_*`. */
  spellCohort(cohort: "canary" | "baseline"): string;
  /** Where the caller puts what words cannot say. */
  readonly wholeSpec: string;
}

/** The keys of the spec that a word sets. */
export interface SpecWord {
  readonly paths: readonly string[];
  /** For words of both cohorts: they go to the cohorts that other words name, and give way to a cohort's own. */
  readonly isShared?: boolean;
}

/** How a cohort may be named, in the spec's words. */
const cohortKeys = ["version", "workload", "service", "hash", "hashLabel", "selector"] as const;

/** Keys of the spec that hold one value. */
const plainKeys = [
  ...["service", "namespace", "source", "duration", "interval", "tick", "warmup"],
  ...["budget.falseAlarm", "budget.falsePass", "pass", "onDeadline", "minCanaryRequests"],
  ...["sourceTimeout", "dispersion", "evidenceCap", "outageChannel"],
] as const;

/** Words whose values are put into the spec as they are. */
export const specWords: ReadonlyMap<string, SpecWord> = new Map<string, SpecWord>([
  ...plainKeys.map((path) => [path.split(".").at(-1) ?? path, { paths: [path] }] as const),
  ["telemetry", { paths: ["telemetry.preset"] }],
  ...optionNames().map((name) => [prefixed("telemetry", name), { paths: [`telemetry.${name}`] }] as const),
  ...cohortKeys.flatMap((key) => [
    [prefixed("canary", key), { paths: [`cohorts.canary.${key}`] }] as const,
    [prefixed("baseline", key), { paths: [`cohorts.baseline.${key}`] }] as const,
    [prefixed("stable", key), { paths: [`cohorts.baseline.${key}`] }] as const,
  ]),
  ...(["workload", "hashLabel"] as const).map(
    (key) => [key, { paths: [`cohorts.canary.${key}`, `cohorts.baseline.${key}`], isShared: true }] as const,
  ),
]);

/** Words that say which metrics there are and what they are asked; metric-words.ts reads them. */
export const metricWords: ReadonlySet<string> = new Set([
  ...["metrics", "errorLimit", "latencyLimit", "quantile", "slower", "failAbove", "passBelow"],
]);

/** Whether a word names this cohort. */
export function namesCohort(values: WordValues, cohort: "canary" | "baseline"): boolean {
  return [...values.keys()].some((word) =>
    specWords.get(word)?.paths.every((path) => path.startsWith(`cohorts.${cohort}.`)),
  );
}

function optionNames(): readonly string[] {
  return [...new Set([...presetTable.values()].flatMap(({ options }) => Object.keys(options)))];
}

function prefixed(prefix: string, key: string): string {
  return `${prefix}${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;
}

import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { expectsBaseline, type LabelValues, metricsOf } from "./metric-labels.ts";
import { specLabels, wholeSpecLabel } from "./spec-labels.ts";

/**
 * The spec that the labels of a query spell out.
 *
 * @throws CoalmineError invalid-spec with every problem, its path the label to mend.
 */
export function specOfLabels(values: LabelValues): AnalysisSpec {
  const whole = values.get(wholeSpecLabel);
  return whole === undefined ? spelledOut(values) : wholeSpec(whole, values);
}

function wholeSpec(text: string, values: LabelValues): AnalysisSpec {
  const others = [...values.keys()].filter((label) => label !== wholeSpecLabel);
  if (others.length > 0) {
    const message = `stands in the spec that ${wholeSpecLabel} holds; leave the label out`;
    throw invalidSpec(others.map((path) => ({ path, message })));
  }
  return parseSpec(readSpecText(text));
}

function spelledOut(values: LabelValues): AnalysisSpec {
  const problems: Problem[] = [];
  const settings = settingsOf(values, problems);
  const { metrics, labelByPath, problems: ofMetrics } = metricsOf(values, expectsBaseline(values));
  problems.push(...ofMetrics);
  if (problems.length > 0) throw invalidSpec(problems);

  const document = nested(settings.map(({ path, value }) => ({ keys: path.split("."), value })));
  const labels = new Map([...labelByPath, ...settings.map(({ path, label }) => [path, label] as const)]);
  return withLabels(labels, () =>
    parseSpec({ ...document, ...telemetryOf(document), ...(metrics && { metrics }) }),
  );
}

interface Setting {
  readonly label: string;
  readonly path: string;
  readonly value: unknown;
}

/** One for each key of the spec that a label sets. */
function settingsOf(values: LabelValues, problems: Problem[]): readonly Setting[] {
  const own = ownSettings(values, problems);
  return [...own, ...sharedSettings(values, own, problems)];
}

function ownSettings(values: LabelValues, problems: Problem[]): readonly Setting[] {
  const byPath = new Map<string, Setting>();
  for (const { label, value, paths } of given(values, false)) {
    for (const path of paths) {
      const other = byPath.get(path);
      if (other !== undefined) problems.push({ path: label, message: `says the same as ${other.label}` });
      byPath.set(path, { label, path, value: path === "source" ? listOf(value) : value });
    }
  }
  return [...byPath.values()];
}

/** Words of both cohorts, for those that have a word of their own. */
function sharedSettings(
  values: LabelValues,
  own: readonly Setting[],
  problems: Problem[],
): readonly Setting[] {
  return given(values, true).flatMap(({ label, value, paths }) => {
    const named = paths.filter((path) => own.some((known) => cohortOf(known.path) === cohortOf(path)));
    if (named.length === 0) {
      const message = `tells neither cohort apart; add canary_hash or another word of a cohort, or give canary_${label}`;
      problems.push({ path: label, message });
    }
    const open = named.filter((path) => !own.some((known) => known.path === path));
    return open.map((path) => ({ label, path, value }));
  });
}

function given(values: LabelValues, isShared: boolean) {
  return [...specLabels].flatMap(([label, word]) => {
    const value = values.get(label);
    return value === undefined || (word.isShared ?? false) !== isShared ? [] : [{ label, value, ...word }];
  });
}

function cohortOf(path: string): string {
  return path.slice(0, path.lastIndexOf("."));
}

/** Several sources are strata of one verdict. */
function listOf(value: string): unknown {
  const names = value.split(",").map((name) => name.trim());
  return names.length === 1 ? value : names;
}

interface Leaf {
  readonly keys: readonly string[];
  readonly value: unknown;
}

function nested(leaves: readonly Leaf[]): Readonly<Record<string, unknown>> {
  const byKey = Map.groupBy(leaves, ({ keys: [key = ""] }) => key);
  return Object.fromEntries(
    [...byKey].map(([key, group]) => {
      const [first] = group;
      if (first?.keys.length === 1) return [key, first.value];
      return [key, nested(group.map(({ keys, value }) => ({ keys: keys.slice(1), value })))];
    }),
  );
}

/** A preset without options is named by a word, so that what is wrong with it is told of `telemetry`. */
function telemetryOf({ telemetry }: Readonly<Record<string, unknown>>) {
  if (typeof telemetry !== "object" || telemetry === null || !("preset" in telemetry)) return {};
  return Object.keys(telemetry).length === 1 ? { telemetry: telemetry.preset } : {};
}

/** Tells what is wrong with a spec by the labels that it was made of. */
function withLabels<T>(labels: ReadonlyMap<string, string>, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code !== "invalid-spec") throw thrown;
    const problems = error.problems.map(({ path, message }) => ({ path: labelAt(path, labels), message }));
    throw invalidSpec(problems, thrown);
  }
}

function labelAt(path: string, labels: ReadonlyMap<string, string>): string {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const label = labels.get(at);
    if (label !== undefined) return label;
  }
  const cohort = /^cohorts\.(canary|baseline)$/.exec(path)?.[1];
  return cohort === undefined ? (path.split(".", 1)[0] ?? path) : `${cohort}_*`;
}

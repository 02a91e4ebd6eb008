import { presetTable } from "../../analysis/presets/preset-table.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { documentOfWords } from "../../analysis/spec/words/document-of-words.ts";
import { parseByWords } from "../../analysis/spec/words/parse-by-words.ts";
import { namesCohort, type WordValues } from "../../analysis/spec/words/spec-words.ts";
import { labelForm, wholeSpecLabel, wordByLabel } from "./spec-labels.ts";

/** The labels' values by their names. */
type LabelValues = ReadonlyMap<string, string>;

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
  const words = new Map([...values].map(([label, value]) => [wordByLabel.get(label) ?? label, value]));
  const { document, wordByPath } = documentOfWords(words, labelForm, expectsBaseline(words));
  return parseByWords(document, wordByPath, labelForm);
}

/** Whether there will be a baseline: one that labels name, or the preset's own where they name no cohort. */
function expectsBaseline(words: WordValues): boolean {
  if (namesCohort(words, "baseline")) return true;
  const preset = presetTable.get(words.get("telemetry") ?? "");
  return !namesCohort(words, "canary") && preset?.cohorts("", {}) != null;
}

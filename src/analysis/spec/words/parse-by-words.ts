import { CoalmineError, type Problem } from "../../../base/errors.ts";
import type { AnalysisSpec } from "../model.ts";
import { parseSpec } from "../parse-spec.ts";
import { invalidSpec } from "../problems-of.ts";
import type { WordForm } from "./spec-words.ts";

/**
 * Parses a document and tells what is wrong with it in the caller's terms.
 *
 * @throws CoalmineError invalid-spec with every problem, as `told` puts it.
 */
export function parseTelling(document: unknown, told: (problem: Problem) => Problem): AnalysisSpec {
  try {
    return parseSpec(document);
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code !== "invalid-spec") throw thrown;
    throw invalidSpec(error.problems.map(told), thrown);
  }
}

/**
 * Parses a document that words spell out, all of it.
 *
 * @throws CoalmineError invalid-spec with every problem, its path the word to mend as the caller writes it.
 */
export function parseByWords(
  document: unknown,
  wordByPath: ReadonlyMap<string, string>,
  form: WordForm,
): AnalysisSpec {
  return parseTelling(document, ({ path, message }) => ({ path: placeOf(path, wordByPath, form), message }));
}

/** The word that set the key at `path`, or one that it is part of; null if none did. */
export function wordAt(path: string, wordByPath: ReadonlyMap<string, string>): string | null {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const word = wordByPath.get(at);
    if (word !== undefined) return word;
  }
  return null;
}

function placeOf(path: string, wordByPath: ReadonlyMap<string, string>, form: WordForm): string {
  const word = wordAt(path, wordByPath);
  if (word !== null) return form.spell(word);
  if (path === "cohorts.canary") return form.spellCohort("canary");
  if (path === "cohorts.baseline") return form.spellCohort("baseline");
  return form.spell(path.split(".", 1)[0] ?? path);
}

/** A spec that a webhook's metadata names, with the words that stand beside its name. */
import type { AnalysisSpec } from "../../../analysis/spec/model.ts";
import { invalidSpec, problemsOf } from "../../../analysis/spec/problems-of.ts";
import { show } from "../../../analysis/spec/reading.ts";
import { documentOfWords } from "../../../analysis/spec/words/document-of-words.ts";
import { parseTelling, wordAt } from "../../../analysis/spec/words/parse-by-words.ts";
import { metricWords, specWords } from "../../../analysis/spec/words/spec-words.ts";
import { CoalmineError, type Problem } from "../../../base/errors.ts";
import type { CanaryName } from "../hook-call.ts";
import { completeDocument, isDocument, type SpecDocument, usesTarget } from "./choose-spec-defaults.ts";
import { metadataForm } from "./choose-spec-keys.ts";
import { isObjectName } from "./choose-spec-values.ts";
import { readWords, uselessTarget } from "./choose-spec-words.ts";
import type { NamedSpecs } from "./spec-choice.ts";

/**
 * The document of that name.
 *
 * @throws CoalmineError not-found, or invalid-spec of the key `spec` if the name is none or the document cannot be read.
 */
export async function findNamed(specs: NamedSpecs, name: string): Promise<unknown> {
  if (!isObjectName(name)) {
    const message = `expected the name of a spec, such as checkout-strict, got ${show(name)}`;
    throw invalidSpec([{ path: "spec", message }]);
  }
  try {
    return await specs.find(name);
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code !== "invalid-spec") throw thrown;
    const problems = error.problems.length > 0 ? error.problems : [{ path: "", message: error.message }];
    throw invalidSpec(
      problems.map((problem) => ofDocument(name, problem)),
      thrown,
    );
  }
}

/**
 * The named spec. Words that are one key of it take that key's place; what both leave out is the Canary's.
 *
 * @throws CoalmineError invalid-spec with every problem, its path the key to mend: `spec` for what the document says.
 */
export function specByName(
  document: unknown,
  said: ReadonlyMap<string, string>,
  canary: CanaryName,
): AnalysisSpec {
  const name = said.get("spec") ?? "";
  if (!isDocument(document)) {
    throw invalidSpec([ofDocument(name, { path: "", message: "expected a map of keys to values" })]);
  }
  const problems = [...namespaceProblems(document, name, canary), ...strayWords(said)];
  const { words, target, problems: ofWords } = readWords(withoutStrays(said), canary);
  const read = () => {
    const beside = documentOfWords(words, metadataForm(said), false);
    const merged = merge(document, beside.document);
    if (target !== null && !usesTarget(merged)) throw invalidSpec([uselessTarget]);
    return parseTelling(completeDocument(merged, canary, target), (problem) => {
      const word = wordAt(problem.path, beside.wordByPath);
      return word === null ? ofDocument(name, problem) : { path: word, message: problem.message };
    });
  };
  if (problems.length + ofWords.length === 0) return read();
  throw invalidSpec([...problems, ...ofWords, ...problemsOf("", read)]);
}

/** Words that ask something else than the document does: how the two would go together is anybody's guess. */
function isStray(word: string): boolean {
  if (word === "threshold" || word === "telemetry" || metricWords.has(word)) return true;
  return specWords.get(word)?.paths.some((path) => path.startsWith("cohorts.")) ?? false;
}

function strayWords(said: ReadonlyMap<string, string>): readonly Problem[] {
  const message = "stands in the spec that `spec` names: change it there, or leave `spec` out";
  return [...said.keys()].filter(isStray).map((path) => ({ path, message }));
}

function withoutStrays(said: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...said].filter(([key]) => !isStray(key)));
}

/** Whoever may speak for one namespace may not read another's traffic. */
function namespaceProblems(document: SpecDocument, name: string, canary: CanaryName): readonly Problem[] {
  const { namespace } = document;
  if (namespace === undefined || namespace === canary.namespace) return [];
  const message = `is for the namespace ${show(namespace)}, not for Canaries of ${canary.namespace}; a spec without \`namespace\` is for all`;
  return [ofDocument(name, { path: "", message })];
}

/** `beside` holds keys of one value, and maps of such. */
function merge(document: SpecDocument, beside: SpecDocument): SpecDocument {
  const { budget, telemetry, ...plain } = beside;
  return {
    ...document,
    ...plain,
    ...(budget !== undefined && { budget: joined(document["budget"], budget) }),
    ...(telemetry !== undefined && { telemetry: joined(presetMap(document["telemetry"]), telemetry) }),
  };
}

function presetMap(telemetry: unknown): unknown {
  return typeof telemetry === "string" ? { preset: telemetry } : telemetry;
}

/** What cannot be joined is left for the parser to refuse. */
function joined(map: unknown, more: unknown): unknown {
  if (map === undefined) return more;
  return isDocument(map) && isDocument(more) ? { ...map, ...more } : map;
}

function ofDocument(name: string, { path, message }: Problem): Problem {
  return { path: "spec", message: path === "" ? `${name}: ${message}` : `${name}: ${path}: ${message}` };
}

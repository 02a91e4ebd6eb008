/** A spec from the words of a webhook's metadata. */

import type { AnalysisSpec } from "../../../analysis/spec/model.ts";
import { invalidSpec, problemsOf } from "../../../analysis/spec/problems-of.ts";
import { show } from "../../../analysis/spec/reading.ts";
import { documentOfWords } from "../../../analysis/spec/words/document-of-words.ts";
import { parseByWords } from "../../../analysis/spec/words/parse-by-words.ts";
import { namesCohort, type WordValues } from "../../../analysis/spec/words/spec-words.ts";
import type { Problem } from "../../../base/errors.ts";
import type { CanaryName } from "../hook-call.ts";
import { completeDocument, knowsCohorts, usesTarget } from "./choose-spec-defaults.ts";
import { isOwnKey, metadataForm } from "./choose-spec-keys.ts";
import { isObjectName, readThreshold } from "./choose-spec-values.ts";

/** What metadata says of the spec, in the words of one. */
export interface SaidWords {
  readonly words: WordValues;
  /** The name of the targetRef; null where nothing is said of it. */
  readonly target: string | null;
  /** What is wrong with the words by themselves. */
  readonly problems: readonly Problem[];
}

/** `threshold` becomes the limit that it stands for; `namespace` must be the Canary's. */
export function readWords(said: ReadonlyMap<string, string>, canary: CanaryName): SaidWords {
  const problems: Problem[] = [];
  const words = new Map([...said].filter(([key]) => !isOwnKey(key)));
  const threshold = said.get("threshold");
  if (threshold !== undefined) {
    const limit = readThreshold(threshold, problems);
    const message = "says the same as errorLimit; leave one of them out";
    if (words.has("errorLimit")) problems.push({ path: "threshold", message });
    else if (limit !== null) words.set("errorLimit", limit);
  }
  problems.push(
    ...namespaceProblems(said.get("namespace"), canary),
    ...latencyProblems(words.get("latencyLimit")),
    ...targetProblems(said),
  );
  return { words, target: said.get("target") ?? null, problems };
}

/**
 * The spec that words spell out; what they leave out is the Canary's.
 *
 * @throws CoalmineError invalid-spec with every problem, its path the key to mend.
 */
export function specOfWords(said: ReadonlyMap<string, string>, canary: CanaryName): AnalysisSpec {
  const { words, target, problems } = readWords(said, canary);
  const form = metadataForm(said);
  const read = () => {
    const { document, wordByPath } = documentOfWords(words, form, expectsBaseline(words));
    if (target !== null && !usesTarget(document)) throw invalidSpec([uselessTarget]);
    return parseByWords(completeDocument(document, canary, target), wordByPath, form);
  };
  if (problems.length === 0) return read();
  throw invalidSpec([...problems, ...problemsOf("", read)]);
}

/** For documents whose pods `target` does not tell apart. */
export const uselessTarget: Problem = {
  path: "target",
  message: "says nothing here: cohorts are named, or the telemetry does not know workloads; leave it out",
};

/** What words leave out of the cohorts comes from the preset or from Flagger's names; a canary named alone has no baseline. */
function expectsBaseline(words: WordValues): boolean {
  if (namesCohort(words, "baseline")) return true;
  return !namesCohort(words, "canary") && knowsCohorts(words.get("telemetry"));
}

/** Whoever may speak for one namespace may not read another's traffic. */
function namespaceProblems(namespace: string | undefined, canary: CanaryName): readonly Problem[] {
  if (namespace === undefined || namespace === canary.namespace) return [];
  const message = `is always the Canary's, ${canary.namespace}, not ${show(namespace)}; leave it out`;
  return [{ path: "namespace", message }];
}

/** Without a unit it would be seconds in a spec, and is milliseconds in Flagger's own metrics. */
function latencyProblems(limit: string | undefined): readonly Problem[] {
  if (limit === undefined || !/^\s*[\d.]+\s*$/.test(limit)) return [];
  return [
    { path: "latencyLimit", message: `expected a latency with its unit such as 500ms, got ${show(limit)}` },
  ];
}

function targetProblems(said: ReadonlyMap<string, string>): readonly Problem[] {
  const target = said.get("target");
  if (target === undefined) return [];
  const isName = isObjectName(target);
  return [
    ...(isName
      ? []
      : [{ path: "target", message: `expected the name of the targetRef, got ${show(target)}` }]),
    ...(said.has("telemetryTarget")
      ? [{ path: "target", message: "says the same as telemetryTarget; leave one of them out" }]
      : []),
  ];
}

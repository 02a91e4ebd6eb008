import { hash } from "node:crypto";
import { invalidSpec, problemsOf } from "../../../analysis/spec/problems-of.ts";
import { CoalmineError, type Problem } from "../../../base/errors.ts";
import type { CanaryName, HookCall } from "../hook-call.ts";
import { findNamed, specByName } from "./choose-spec-by-name.ts";
import { type SaidKeys, sortKeys, unknownKeyText } from "./choose-spec-keys.ts";
import { readOptions } from "./choose-spec-values.ts";
import { specOfWords } from "./choose-spec-words.ts";
import type { ChooseSpec, NamedSpecs, SpecChoice } from "./spec-choice.ts";

/** A few hooks of each of as many Canaries as a cluster has; a choice takes some kilobytes. */
const mostKept = 5_000;

/** What came of some metadata, and of the document that it named. */
interface Kept {
  readonly document: unknown;
  readonly outcome: SpecChoice | CoalmineError;
}

/**
 * Chooses specs by metadata: a named one, one in words, or all defaults.
 *
 * The same metadata of the same Canary gets the very same choice, as long as
 * the document that it names is the same object.
 */
export function createChooseSpec({ specs }: { readonly specs: NamedSpecs }): ChooseSpec {
  const kept = new Map<string, Kept>();

  return async ({ canary, metadata }: HookCall): Promise<SpecChoice> => {
    const keys = sortKeys(metadata);
    const name = keys.said.get("spec");
    const document = name === undefined ? undefined : await findNamed(specs, name);
    const key = contentOf(canary, keys);
    const known = kept.get(key);
    if (known !== undefined && known.document === document) return given(known.outcome);
    const outcome = settled(() => choose(canary, keys, document));
    kept.delete(key);
    kept.set(key, { document, outcome });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return given(outcome);
  };
}

function choose(canary: CanaryName, { said, unknown }: SaidKeys, document: unknown): SpecChoice {
  const problems: Problem[] = [];
  const options = readOptions(said, problems);
  const read = () => (said.has("spec") ? specByName(document, said, canary) : specOfWords(said, canary));
  if (problems.length > 0) throw invalidSpec([...problemsOf("", read), ...problems]);
  return { spec: read(), options, isSaid: said.size > 0, unknownKeys: unknown.map(unknownKeyText) };
}

/** All that a choice depends on but the named document, as a digest: metadata may be long. */
function contentOf({ namespace, name }: CanaryName, { said, unknown }: SaidKeys): string {
  return hash("sha256", JSON.stringify([namespace, name, [...said], unknown]), "base64");
}

function settled(read: () => SpecChoice): SpecChoice | CoalmineError {
  try {
    return read();
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code === "invalid-spec") return error;
    throw thrown;
  }
}

function given(outcome: SpecChoice | CoalmineError): SpecChoice {
  if (outcome instanceof CoalmineError) throw outcome;
  return outcome;
}

/** The keys of a webhook's metadata: which are words of a spec, which say something else, and which mean nothing. */
import { nearestWord } from "../../../analysis/spec/nearest-word.ts";
import { metricWords, specWords, type WordForm } from "../../../analysis/spec/words/spec-words.ts";

/** Keys of a Canary's metadata beside the words of a spec. */
export const ownKeys = ["spec", "target", "threshold", "onInconclusive", "holdTimeout"] as const;

/** Keys that are not about a spec: the adapter's own, and those that Flagger adds to an event (pkg/controller/webhook.go). */
export const otherKeys = ["hook", "token", "eventMessage", "eventType", "timestamp"] as const;

/** Of the load tester, whose hooks stand beside ours and are easily copied. */
const loadTesterKeys: ReadonlySet<string> = new Set(["type", "cmd", "logCmdOutput"]);

type OwnKey = (typeof ownKeys)[number];

const own: ReadonlySet<string> = new Set(ownKeys);
const other: ReadonlySet<string> = new Set(otherKeys);
const known = [...specWords.keys(), ...metricWords, ...ownKeys, ...otherKeys];

/** The metadata of a call, by what its keys are for. */
export interface SaidKeys {
  /** Words of a spec, and the keys of {@link ownKeys}. */
  readonly said: ReadonlyMap<string, string>;
  /** Names only: a value may be a secret that went astray. */
  readonly unknown: readonly string[];
}

/** Sorts the metadata; values that are not about a spec, a token's among them, go no further. */
export function sortKeys(metadata: Readonly<Record<string, string>>): SaidKeys {
  const said = new Map<string, string>();
  const unknown: string[] = [];
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    if (value === undefined || other.has(key)) continue;
    if (own.has(key) || specWords.has(key) || metricWords.has(key)) said.set(key, value);
    else unknown.push(key);
  }
  return { said, unknown };
}

/** What to say of a key that means nothing, on one line. */
export function unknownKeyText(key: string): string {
  const name = key.slice(0, 60).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  if (loadTesterKeys.has(key)) return `${name}: unknown key; it belongs to Flagger's load tester`;
  const nearest = nearestWord(key.slice(0, 60), known);
  return nearest === null
    ? `${name}: unknown key; see docs/flagger-metadata.md`
    : `${name}: unknown key; did you mean \`${nearest}\`?`;
}

export function isOwnKey(key: string): key is OwnKey {
  return own.has(key);
}

/** How words are written as metadata, where `threshold` may stand for `errorLimit`. */
export function metadataForm(said: ReadonlyMap<string, string>): WordForm {
  const isThreshold = said.has("threshold") && !said.has("errorLimit");
  return {
    spell: (word) => (word === "errorLimit" && isThreshold ? "threshold" : word),
    spellCohort: (cohort) => `${cohort}*`,
    wholeSpec: "a named spec (`spec`)",
  };
}

import type { Problem } from "../../../base/errors.ts";
import { invalidSpec } from "../problems-of.ts";
import { metricsOf } from "./metric-words.ts";
import { specWords, type WordForm, type WordValues } from "./spec-words.ts";

/** What words say, as the document of a spec: what they leave out is not in it. */
export interface SpelledDocument {
  readonly document: Readonly<Record<string, unknown>>;
  /** The word behind each key of the document, by its dotted path. */
  readonly wordByPath: ReadonlyMap<string, string>;
}

/**
 * The document that the words spell out, not yet parsed.
 *
 * @param hasBaseline whether the document will have one once it is complete.
 * @throws CoalmineError invalid-spec with what is wrong between the words, its path the word as the caller writes it.
 */
export function documentOfWords(values: WordValues, form: WordForm, hasBaseline: boolean): SpelledDocument {
  const problems: Problem[] = [];
  const settings = settingsOf(values, form, problems);
  const { metrics, wordByPath, problems: ofMetrics } = metricsOf(values, form, hasBaseline);
  problems.push(...ofMetrics);
  if (problems.length > 0) throw invalidSpec(problems);

  const document = nested(settings.map(({ path, value }) => ({ keys: path.split("."), value })));
  return {
    document: { ...document, ...telemetryOf(document), ...(metrics && { metrics }) },
    wordByPath: new Map([...wordByPath, ...settings.map(({ path, word }) => [path, word] as const)]),
  };
}

interface Setting {
  readonly word: string;
  readonly path: string;
  readonly value: unknown;
}

/** One for each key of the spec that a word sets. */
function settingsOf(values: WordValues, form: WordForm, problems: Problem[]): readonly Setting[] {
  const own = ownSettings(values, form, problems);
  return [...own, ...sharedSettings(values, form, own, problems)];
}

function ownSettings(values: WordValues, form: WordForm, problems: Problem[]): readonly Setting[] {
  const byPath = new Map<string, Setting>();
  for (const { word, value, paths } of given(values, false)) {
    for (const path of paths) {
      const other = byPath.get(path);
      if (other !== undefined) {
        problems.push({ path: form.spell(word), message: `says the same as ${form.spell(other.word)}` });
      }
      byPath.set(path, { word, path, value: path === "source" ? listOf(value) : value });
    }
  }
  return [...byPath.values()];
}

/** Words of both cohorts, for those that have a word of their own. */
function sharedSettings(
  values: WordValues,
  form: WordForm,
  own: readonly Setting[],
  problems: Problem[],
): readonly Setting[] {
  return given(values, true).flatMap(({ word, value, paths }) => {
    const named = paths.filter((path) => own.some((known) => cohortOf(known.path) === cohortOf(path)));
    if (named.length === 0) {
      const ofCanary = form.spell(`canary${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
      const message = `tells neither cohort apart; add ${form.spell("canaryHash")} or another word of a cohort, or give ${ofCanary}`;
      problems.push({ path: form.spell(word), message });
    }
    const open = named.filter((path) => !own.some((known) => known.path === path));
    return open.map((path) => ({ word, path, value }));
  });
}

function given(values: WordValues, isShared: boolean) {
  return [...specWords].flatMap(([word, keys]) => {
    const value = values.get(word);
    return value === undefined || (keys.isShared ?? false) !== isShared ? [] : [{ word, value, ...keys }];
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

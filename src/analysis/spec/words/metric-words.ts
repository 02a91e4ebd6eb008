/** The metrics of a spec, from the words that are about them. */
import type { Problem } from "../../../base/errors.ts";
import type { WordForm, WordValues } from "./spec-words.ts";

type Kind = "errors" | "latency";

export interface SpelledMetrics {
  /** Undefined where no word says anything of metrics: the spec's defaults hold. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** The word behind each key of the spec. */
  readonly wordByPath: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Where each word's value goes, in the metric that it is about. */
const metricKeys: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  errors: { errorLimit: "limit", failAbove: "compare.failAbove", passBelow: "compare.passBelow" },
  latency: {
    latencyLimit: "limit",
    quantile: "quantile",
    slower: "slower",
    failAbove: "compare.failAbove",
    passBelow: "compare.passBelow",
  },
};

const kindWords: ReadonlySet<string> = new Set(Object.values(metricKeys).flatMap(Object.keys));

/** What an objective of latency is about unless `quantile` says so. */
const defaultQuantile = "0.99";

/**
 * Errors and latency, compared where there is a baseline, each with the limit
 * that a word gives it; without a baseline those that have one. `metrics` says
 * which of the two it is.
 */
export function metricsOf(values: WordValues, form: WordForm, hasBaseline: boolean): SpelledMetrics {
  if (!values.has("metrics") && ![...kindWords].some((word) => values.has(word))) {
    return { metrics: undefined, wordByPath: new Map(), problems: [] };
  }
  const { kinds, problems } = kindsOf(values, form, hasBaseline);
  const wordByPath = new Map([["metrics", "metrics"]]);
  const metrics = kinds.map((kind, index) => {
    for (const [word, key] of Object.entries(metricKeys[kind])) {
      wordByPath.set(`metrics.${index}.${key}`, word);
    }
    return kind === "errors" ? errorsMetric(values, hasBaseline) : latencyMetric(values, hasBaseline);
  });
  return { metrics, wordByPath, problems: [...problems, ...strayWords(values, form, kinds)] };
}

function kindsOf(values: WordValues, form: WordForm, hasBaseline: boolean) {
  const listed = values.get("metrics");
  if (listed === undefined) {
    const asked = (kind: Kind) => Object.keys(metricKeys[kind]).some((word) => values.has(word));
    const kinds = (["errors", "latency"] as const).filter((kind) => hasBaseline || asked(kind));
    return { kinds, problems: [] };
  }
  const words = listed.split(",").map((word) => word.trim());
  const isKnown = words.every((word) => word === "errors" || word === "latency");
  const kinds = (["errors", "latency"] as const).filter((kind) => words.includes(kind));
  const message = `expected errors, latency or errors,latency, got ${JSON.stringify(listed)}; ${form.wholeSpec} takes other metrics`;
  return { kinds, problems: isKnown ? [] : [{ path: form.spell("metrics"), message }] };
}

function strayWords(values: WordValues, form: WordForm, kinds: readonly Kind[]): readonly Problem[] {
  const used = new Set(kinds.flatMap((kind) => Object.keys(metricKeys[kind])));
  const message = `is about a metric that \`${form.spell("metrics")}\` leaves out`;
  return [...kindWords]
    .filter((word) => values.has(word) && !used.has(word))
    .map((word) => ({ path: form.spell(word), message }));
}

function errorsMetric(values: WordValues, hasBaseline: boolean) {
  return { kind: "errors", limit: values.get("errorLimit"), compare: compareOf(values, hasBaseline) };
}

/** `slower` compares the quantile itself, so the share of slow requests is not compared beside it. */
function latencyMetric(values: WordValues, hasBaseline: boolean) {
  const [limit, slower] = [values.get("latencyLimit"), values.get("slower")];
  const needsQuantile = limit !== undefined || slower !== undefined;
  return {
    kind: "latency",
    quantile: values.get("quantile") ?? (needsQuantile ? defaultQuantile : undefined),
    limit,
    slower,
    compare: compareOf(values, hasBaseline && slower === undefined),
  };
}

function compareOf(values: WordValues, isCompared: boolean) {
  const [failAbove, passBelow] = [values.get("failAbove"), values.get("passBelow")];
  const hasMargin = failAbove !== undefined || passBelow !== undefined;
  return isCompared || hasMargin ? { failAbove, passBelow } : undefined;
}

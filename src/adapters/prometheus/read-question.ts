/** What a selector asks: for analyses that are there, or for one of a spec that its labels spell out. */

import { analysisKey } from "../../analysis/analysis-key.ts";
import type { Matcher } from "../../analysis/selector.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { suggestion } from "../../analysis/spec/nearest-word.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { readSpan } from "../../analysis/spec/time-span.ts";
import type { Problem } from "../../base/errors.ts";
import { labelsOf, type MetricName } from "./metric-series.ts";
import { maxAgeLabel, startingLabels } from "./spec-labels.ts";
import { specOfLabels } from "./spec-of-labels.ts";

export type Question =
  | { readonly kind: "select"; readonly matchers: readonly Matcher[] }
  | {
      readonly kind: "start";
      readonly spec: AnalysisSpec;
      /** Null: derived from the spec. */
      readonly key: string | null;
      /** How long after its verdict an analysis of a derived key is still answered. */
      readonly maxAgeMs: number;
      /** Which of the analysis' series are wanted. */
      readonly matchers: readonly Matcher[];
    };

/** About as long as Flagger takes from a verdict to the end of a rollout, and less than from one release to the next. */
const defaultMaxAge = "10m";

/** What an answer of an analysis that is started here may be narrowed by. */
const narrowing: ReadonlySet<string> = new Set(["phase", "verdict", "metric"]);

/**
 * Reads the matchers of a selector. One word of a spec makes it a question that
 * may start an analysis; without any it only selects.
 *
 * @throws CoalmineError invalid-spec with every problem: unknown labels, words
 *   of a spec that are not given by `=`, and what the spec lacks.
 */
export function readQuestion(metric: MetricName, matchers: readonly Matcher[]): Question {
  const problems = unknownLabels(metric, matchers);
  if (problems.length > 0) throw invalidSpec(problems);
  if (!matchers.some(({ label }) => startingLabels.has(label))) return { kind: "select", matchers };

  const words = matchers.filter(({ label }) => !narrowing.has(label));
  problems.push(...wordProblems(words));
  const values = new Map(words.map(({ label, value }) => [label, value]));
  const [key, maxAge] = [values.get("key") ?? null, values.get(maxAgeLabel)];
  problems.push(...keyProblems(key, maxAge));
  const age = readSpan(maxAge ?? defaultMaxAge);
  if ("wrong" in age) problems.push({ path: maxAgeLabel, message: age.wrong });
  if (problems.length > 0 || "wrong" in age) throw invalidSpec(problems);

  for (const label of ["key", maxAgeLabel]) values.delete(label);
  return {
    kind: "start",
    spec: specOfLabels(values),
    key,
    maxAgeMs: age.value,
    matchers: matchers.filter(({ label }) => narrowing.has(label)),
  };
}

function unknownLabels(metric: MetricName, matchers: readonly Matcher[]): Problem[] {
  const known = [...labelsOf(metric), ...startingLabels];
  return matchers
    .filter(({ label }) => !known.includes(label))
    .map(({ label }) => {
      const message =
        label === "metric"
          ? "is a label of coalmine_evidence only"
          : `unknown label; ${suggestion(label, known)}`;
      return { path: label, message };
    });
}

function wordProblems(words: readonly Matcher[]): readonly Problem[] {
  return words.flatMap(({ label, op }, index) => {
    if (label === "analysis") {
      return [{ path: label, message: "names one that is there; leave out the words of a spec, or this" }];
    }
    if (op !== "=") return [{ path: label, message: `is a word of a spec here, which takes =, not ${op}` }];
    const isRepeated = words.findIndex((word) => word.label === label) !== index;
    return isRepeated ? [{ path: label, message: "is given twice" }] : [];
  });
}

function keyProblems(key: string | null, maxAge: string | undefined): readonly Problem[] {
  if (key === null) return [];
  if (!analysisKey.pattern.test(key)) return [{ path: "key", message: analysisKey.wanted }];
  const message = "is for queries without a key: that of a key is answered for good";
  return maxAge === undefined ? [] : [{ path: maxAgeLabel, message }];
}

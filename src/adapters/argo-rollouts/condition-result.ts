import type { AnalysisResult } from "../../analysis/result.ts";
import { at } from "../../analysis/spec/problems-of.ts";
import { type Condition, parseCondition } from "./conditions/parse-condition.ts";
import type { ResultValue } from "./conditions/value.ts";
import type { MetricView } from "./controller-view.ts";

/** A template's own conditions; null without any, and then the verdict decides. */
export type Conditions = { readonly success: Condition | null; readonly failure: Condition | null } | null;

/** @throws CoalmineError invalid-spec naming the condition that cannot be read, and what in it. */
export function readConditions({ successCondition, failureCondition }: MetricView): Conditions {
  if (successCondition === "" && failureCondition === "") return null;
  return {
    success: read("successCondition", successCondition),
    failure: read("failureCondition", failureCondition),
  };
}

function read(path: string, text: string): Condition | null {
  return text === "" ? null : at(path, () => parseCondition(text));
}

/**
 * What `result` is in a template's conditions, once the analysis has ended:
 * `verdict` (pass, fail or inconclusive), `score` (0 to 100), `reason` (its
 * code), `text`, `ticks`, and under `metrics` by name: `verdict`, `reason`,
 * `canaryRate`, `baselineRate`, `ratio` and `difference` (estimates; nil where
 * nothing is known), `failOdds` and `passOdds`.
 */
export function conditionResult({ verdict, score, reason, ticks, metrics }: AnalysisResult): ResultValue {
  return {
    verdict,
    score,
    reason: reason.code,
    text: reason.text,
    ticks,
    metrics: Object.fromEntries(
      metrics.map((metric) => [
        metric.name,
        {
          verdict: metric.verdict,
          reason: metric.reason.code,
          canaryRate: metric.canary?.rate ?? null,
          baselineRate: metric.baseline?.rate ?? null,
          ratio: metric.ratio?.estimate ?? null,
          difference: metric.difference?.estimate ?? null,
          failOdds: metric.evidence.fail,
          passOdds: metric.evidence.pass,
        },
      ]),
    ),
  };
}

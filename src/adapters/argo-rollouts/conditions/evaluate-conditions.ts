import { CoalmineError } from "../../../base/errors.ts";
import { Budget } from "./budget.ts";
import { wantBool } from "./code.ts";
import { compile } from "./compile.ts";
import type { Condition } from "./parse-condition.ts";
import { any, typeOfValue } from "./static-type.ts";
import type { ResultValue } from "./value.ts";

export type ConditionsPhase =
  | { readonly phase: "Successful" | "Failed" | "Inconclusive" }
  /** The message names the condition and what is wrong; never a value of the result. */
  | { readonly phase: "Error"; readonly message: string };

/**
 * What Argo Rollouts makes of a result by an analysis's conditions
 * (EvaluateResult in utils/evaluate/evaluate.go):
 *
 * | given | true | false |
 * | --- | --- | --- |
 * | success only | Successful | Failed |
 * | failure only | Failed | Successful |
 * | both | failure: Failed; success alone: Successful | neither: Inconclusive |
 * | none | Successful | |
 *
 * Both are evaluated, and a fault in either is an Error: a type that does not
 * fit this result, also where `||` would not come to it, a missing field that is
 * compared, or more steps than a condition may take. Never throws for one.
 */
export function evaluateConditions(
  conditions: { readonly success: Condition | null; readonly failure: Condition | null },
  result: ResultValue,
): ConditionsPhase {
  try {
    const success = verdictOf("successCondition", conditions.success, result);
    const failure = verdictOf("failureCondition", conditions.failure, result);
    if (failure ?? success === false) return { phase: "Failed" };
    return { phase: (success ?? true) ? "Successful" : "Inconclusive" };
  } catch (fault) {
    if (fault instanceof CoalmineError) return { phase: "Error", message: fault.message };
    throw fault;
  }
}

function verdictOf(name: string, condition: Condition | null, result: ResultValue): boolean | null {
  if (condition === null) return null;
  try {
    const code = compile(condition.root, { result: typeOfValue(result), element: any, isOpen: false });
    return wantBool(code.run({ result, element: null, budget: new Budget() }), code.at);
  } catch (fault) {
    throw fault instanceof CoalmineError ? faultOf(name, condition, fault) : fault;
  }
}

function faultOf(name: string, { text }: Condition, cause: CoalmineError): CoalmineError {
  return new CoalmineError(cause.code, `${name} ${JSON.stringify(text)}: ${cause.message}`, { cause });
}

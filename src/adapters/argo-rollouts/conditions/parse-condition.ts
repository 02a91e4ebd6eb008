import type { Code } from "./code.ts";
import { compile } from "./compile.ts";
import { conditionFault } from "./condition-fault.ts";
import { maxTextLength } from "./limits.ts";
import { parseExpression } from "./parse-expression.ts";
import { any, typeName } from "./static-type.ts";
import type { Node } from "./syntax.ts";

/** A successCondition or a failureCondition that could be read. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly root: Node;
}

/**
 * Reads a condition as Argo Rollouts would, or says what is wrong with it: to
 * be used when the configuration is read, before any traffic moves.
 *
 * The language is the part of expr 1.15.5 (Argo Rollouts v1.7 to v1.9) that
 * parseExpression describes. What is wrong for every result there could be is
 * refused here as well: a syntax error, an unknown name, `true == 1`. What only
 * some results make wrong (`result > 1` of a string) is evaluateConditions' to
 * find. An empty text is an error: whoever calls decides that a condition left
 * empty is one not given, as Argo Rollouts does.
 *
 * @throws CoalmineError invalid-spec that names the place, the construct and what to write instead.
 */
export function parseCondition(text: string): Condition {
  if (text.length > maxTextLength) {
    throw conditionFault(
      maxTextLength,
      `a condition is at most ${maxTextLength} characters, this has ${text.length}`,
    );
  }
  const root = parseExpression(text);
  const code = compile(root, { result: any, element: any, isOpen: true });
  if (isNeverBool(root, code)) {
    throw conditionFault(
      0,
      `a condition is true or false, this is a value of type ${typeName(code.type)}; compare it`,
    );
  }
  return { text, root };
}

/** Whether no result can make it a bool. A type that expr infers loosely (of `? :`, of an element) does not say so. */
function isNeverBool(root: Node, { type }: Code): boolean {
  if (type.kind === "bool" || type.kind === "any") return false;
  if (root.kind === "binary") return root.operator !== "??";
  return root.kind === "literal" || root.kind === "array";
}

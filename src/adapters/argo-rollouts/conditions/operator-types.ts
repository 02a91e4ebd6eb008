import type { BinaryOperator } from "./operators.ts";
import {
  any,
  bool,
  float,
  int,
  isAssignable,
  isComparable,
  isInteger,
  isNumeric,
  nil,
  type StaticType,
} from "./static-type.ts";

/** The type of `left operator right`; null where the two cannot stand there. */
type TypeRule = (left: StaticType, right: StaticType) => StaticType | null;

const isText = (type: StaticType) => type.kind === "string";
const isBool = (type: StaticType) => type.kind === "bool";

/** Both by one of the rules, or one of them unknown until evaluation and the other by some rule. */
const both =
  (
    result: (left: StaticType, right: StaticType) => StaticType,
    ...rules: readonly ((type: StaticType) => boolean)[]
  ): TypeRule =>
  (left, right) => {
    if (rules.some((rule) => rule(left) && rule(right))) return result(left, right);
    const open = left.kind === "any" ? right : right.kind === "any" ? left : null;
    if (open === null || !(open.kind === "any" || rules.some((rule) => rule(open)))) return null;
    return result(any, any);
  };

const logic = both(() => bool, isBool);
const order = both(() => bool, isNumeric, isText);
const text = both(() => bool, isText);
const toFloat = both(() => float, isNumeric);
const equality: TypeRule = (left, right) => (isComparable(left, right) ? bool : null);

/**
 * What each operator takes and gives (checker/checker.go). `in` is told by
 * `membershipType`, which needs more than the two types.
 */
export const operatorTypes: Readonly<Record<Exclude<BinaryOperator, "in">, TypeRule>> = {
  or: logic,
  "||": logic,
  and: logic,
  "&&": logic,
  "==": equality,
  "!=": equality,
  "<": order,
  ">": order,
  "<=": order,
  ">=": order,
  matches: text,
  contains: text,
  startsWith: text,
  endsWith: text,
  "..": both(() => ({ kind: "list", element: int }), isInteger),
  "+": both(arithmeticType, isNumeric, isText),
  "-": both(arithmeticType, isNumeric),
  "*": both(arithmeticType, isNumeric),
  "/": toFloat,
  "%": both(arithmeticType, isInteger),
  "**": toFloat,
  "^": toFloat,
  "??": (left, right) => {
    if (left.kind === "nil") return right;
    if (right.kind === "nil" || isAssignable(right, left)) return left;
    return any;
  },
};

function arithmeticType(left: StaticType, right: StaticType): StaticType {
  if (left.kind === right.kind) return left;
  return left.kind === "float" || right.kind === "float" ? float : int;
}

/**
 * The type of `left in right`.
 *
 * @param literalElement what all elements of a list written out have in common, where they do.
 */
export function membershipType(
  left: StaticType,
  right: StaticType,
  literalElement: StaticType | undefined,
): StaticType | null {
  if (right.kind === "any") return bool;
  if (right.kind === "map") return ["any", "nil", "string"].includes(left.kind) ? bool : null;
  if (right.kind !== "list") return null;
  return isComparable(left, right.element) && isComparable(left, literalElement ?? nil) ? bool : null;
}

/** The type of an operator before one operand. */
export function unaryType(operator: "not" | "!" | "-" | "+", operand: StaticType): StaticType | null {
  if (operator === "!" || operator === "not") return isBool(operand) || operand.kind === "any" ? bool : null;
  return isNumeric(operand) || operand.kind === "any" ? operand : null;
}

/** The type of `test ? then : otherwise`. Kept as expr has it: with `any` on the right it is the left's. */
export function choiceType(then: StaticType, otherwise: StaticType): StaticType {
  if (then.kind === "nil") return otherwise;
  return otherwise.kind === "nil" || isAssignable(then, otherwise) ? then : any;
}

import { binaryOperations, type StrictOperator } from "./binary-operations.ts";
import { Budget } from "./budget.ts";
import { type Code, constantCode, wantBool } from "./code.ts";
import { conditionFault } from "./condition-fault.ts";
import { membershipCode } from "./membership.ts";
import { membershipType, operatorTypes, unaryType } from "./operator-types.ts";
import { compilePattern, isFound } from "./pattern.ts";
import { bool, type StaticType, typeName } from "./static-type.ts";
import type { Node } from "./syntax.ts";
import { isNumber, nameOf, type Value, wrapInt } from "./value.ts";

type BinaryNode = Extract<Node, { kind: "binary" }>;
type UnaryNode = Extract<Node, { kind: "unary" }>;

/** @throws CoalmineError invalid-spec for operands of types that the operator does not take. */
export function compileBinary(node: BinaryNode, left: Code, right: Code): Code {
  const code = positive(node, left, right);
  return node.negated ? negation(node.at, code) : code;
}

/** @throws CoalmineError invalid-spec for an operand of a type that the operator does not take. */
export function compileUnary({ at, operator }: UnaryNode, operand: Code): Code {
  const type = unaryType(operator, operand.type);
  if (type === null) throw conditionFault(at, `${operator} does not take ${typeName(operand.type)}`);
  if (operator === "!" || operator === "not") return negation(at, operand);
  const signed = (of: Code, as: StaticType): Code => {
    if (operator === "+") return { ...of, at, type: as };
    const run: Code["run"] = (frame) => negated(of.run(frame), at);
    return isNumber(of.constant ?? null)
      ? constantCode(at, as, negated(of.constant ?? null, at))
      : { at, type: as, run };
  };
  const { floated } = operand;
  const code = signed(operand, type);
  return floated === undefined ? code : { ...code, floated: () => signed(floated(), type) };
}

function positive(node: BinaryNode, left: Code, right: Code): Code {
  const { at, operator } = node;
  const type =
    operator === "in"
      ? membershipType(left.type, right.type, right.literalElement)
      : operatorTypes[operator](left.type, right.type);
  if (type === null) {
    throw conditionFault(at, `${typeName(left.type)} ${operator} ${typeName(right.type)} has no meaning`);
  }
  switch (operator) {
    case "and":
    case "&&":
      return logic(at, left, right, true);
    case "or":
    case "||":
      return logic(at, left, right, false);
    case "??":
      return { at, type, run: (frame) => left.run(frame) ?? right.run(frame) };
    case "in":
      return membershipCode(node, left, right);
    case "matches":
      return node.right.kind === "literal"
        ? literalPattern(at, left, right)
        : strict(operator, at, type, left, right);
    case "..":
      return range(at, type, left, right);
    default:
      return strict(operator, at, type, left, right);
  }
}

function range(at: number, type: StaticType, left: Code, right: Code): Code {
  const code = strict("..", at, type, left, right);
  const [from, to] = [left.constant, right.constant];
  return typeof from === "bigint" && typeof to === "bigint" ? { ...code, literalRange: [from, to] } : code;
}

function strict(operator: StrictOperator, at: number, type: StaticType, left: Code, right: Code): Code {
  const apply = binaryOperations[operator];
  const check = operator === "==" ? kindCheck(left, right) : null;
  const run: Code["run"] = (frame) => {
    const [a, b] = [left.run(frame), right.run(frame)];
    check?.(a, b, at);
    return apply(a, b, { at, budget: frame.budget });
  };
  const code = isFoldable(operator, left, right)
    ? constantCode(at, type, run({ result: null, element: null, budget: new Budget() }))
    : { at, type, run };
  if (operator !== "+" && operator !== "-" && operator !== "*") return code;
  if (left.floated === undefined && right.floated === undefined) return code;
  return {
    ...code,
    floated: () => strict(operator, at, type, left.floated?.() ?? left, right.floated?.() ?? right),
  };
}

/** `x && true` is x, and `x && false` false without a look at x, whatever x is; so with `||`. */
function logic(at: number, left: Code, right: Code, neutral: boolean): Code {
  if (left.constant === neutral) return { ...right, type: bool };
  if (right.constant === neutral) return { ...left, type: bool };
  if (left.constant === !neutral || right.constant === !neutral) return constantCode(at, bool, !neutral);
  return {
    at,
    type: bool,
    run: (frame) => (wantBool(left.run(frame), left.at) === neutral ? right.run(frame) : !neutral),
  };
}

function negation(at: number, operand: Code): Code {
  if (typeof operand.constant === "boolean") return constantCode(at, bool, !operand.constant);
  return { at, type: bool, run: (frame) => !wantBool(operand.run(frame), operand.at) };
}

function negated(value: Value, at: number): number | bigint {
  if (typeof value === "bigint") return wrapInt(-value);
  if (typeof value === "number") return -value;
  throw conditionFault(at, `- does not take ${nameOf(value)}`);
}

function literalPattern(at: number, left: Code, right: Code): Code {
  if (typeof right.constant !== "string") return strict("matches", at, bool, left, right);
  const pattern = compilePattern(right.constant, right.at);
  const run: Code["run"] = (frame) => {
    const text = left.run(frame);
    if (typeof text !== "string") throw conditionFault(at, `matches takes a string, got ${nameOf(text)}`);
    return isFound(pattern, text, frame.budget);
  };
  return { at, type: bool, run };
}

/**
 * Two sides that are both ints or both strings by their types must be so in
 * fact: `max(0, result) == 1` is typed int by its first argument, and is a fault
 * where the float is greater, as in expr.
 */
function kindCheck(left: Code, right: Code): ((left: Value, right: Value, at: number) => void) | null {
  if (left.type.kind !== right.type.kind) return null;
  const wanted = left.type.kind === "int" ? "bigint" : left.type.kind === "string" ? "string" : null;
  if (wanted === null) return null;
  return (a, b, at) => {
    if (typeof a === wanted && typeof b === wanted) return;
    throw conditionFault(
      at,
      `== between types that agree takes two of them, got ${nameOf(a)} and ${nameOf(b)}`,
    );
  };
}

const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "**", "^"]);

/** What expr's optimizer works out beforehand (optimizer/fold.go). */
function isFoldable(operator: StrictOperator, { constant: left }: Code, { constant: right }: Code): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === "%") return typeof left === "bigint" && typeof right === "bigint";
  if (arithmetic.has(operator) && isNumber(left) && isNumber(right)) return true;
  const sameKind = typeof left === typeof right;
  if (operator === "+") return sameKind && typeof left === "string";
  return operator === "==" && sameKind && ["bigint", "string", "boolean"].includes(typeof left);
}

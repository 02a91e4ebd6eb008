import type { Budget } from "./budget.ts";
import { compareValues, isEqual } from "./compare-values.ts";
import { conditionFault } from "./condition-fault.ts";
import { goPower } from "./go-numbers.ts";
import type { BinaryOperator } from "./operators.ts";
import { compilePattern, isFound } from "./pattern.ts";
import { isList, isMap, isNumber, nameOf, toInt, type Value, wrapInt } from "./value.ts";

/** Where an operator stands, for its fault, and what it may spend. */
export interface Place {
  readonly at: number;
  readonly budget: Budget;
}

type Operation = (left: Value, right: Value, place: Place) => Value;

/** Those that look at both operands; `&&`, `||` and `??` may stop at the left. */
export type StrictOperator = Exclude<BinaryOperator, "or" | "||" | "and" | "&&" | "??">;

/**
 * What each operator does with values (vm/runtime/runtime.go and its generated
 * helpers). Operands that it is not made for are a fault, NaN is not.
 */
export const binaryOperations: Readonly<Record<StrictOperator, Operation>> = {
  "==": (left, right, { budget }) => isEqual(left, right, budget),
  "!=": (left, right, { budget }) => !isEqual(left, right, budget),
  "<": order("<", (sign) => sign < 0),
  ">": order(">", (sign) => sign > 0),
  "<=": order("<=", (sign) => sign <= 0),
  ">=": order(">=", (sign) => sign >= 0),
  "+": (left, right, place) => {
    if (typeof left !== "string" || typeof right !== "string") return sum(left, right, place);
    place.budget.spend(left.length + right.length);
    return left + right;
  },
  "-": arithmetic(
    "-",
    (left, right) => left - right,
    (left, right) => left - right,
  ),
  "*": arithmetic(
    "*",
    (left, right) => left * right,
    (left, right) => left * right,
  ),
  "/": floating("/", (left, right) => left / right),
  "**": floating("**", goPower),
  "^": floating("^", goPower),
  "%": (left, right, { at }) => {
    if (typeof left !== "bigint" || typeof right !== "bigint") {
      throw mismatch(at, "%", left, right, "; make ints of them with int(…)");
    }
    if (right === 0n) throw conditionFault(at, "an int is divided by 0");
    return left % right;
  },
  "..": (left, right, { at, budget }) => {
    const [from, to] = [toInt(left), toInt(right)];
    if (from === null || to === null) throw mismatch(at, "..", left, right);
    const length = Number(to - from) + 1;
    budget.spend(Math.max(0, length));
    return BigInt64Array.from({ length: Math.max(0, length) }, (_, index) => from + BigInt(index));
  },
  in: isMember,
  contains: onText("contains", (text, part) => text.includes(part)),
  startsWith: onText("startsWith", (text, part) => text.startsWith(part)),
  endsWith: onText("endsWith", (text, part) => text.endsWith(part)),
  matches: (left, right, { at, budget }) => {
    if (typeof left !== "string" || typeof right !== "string") throw mismatch(at, "matches", left, right);
    return isFound(compilePattern(right, at, budget), left, budget);
  },
};

const sum = arithmetic(
  "+",
  (left, right) => left + right,
  (left, right) => left + right,
);

function arithmetic(
  operator: string,
  ofInts: (left: bigint, right: bigint) => bigint,
  ofFloats: (left: number, right: number) => number,
): Operation {
  return (left, right, { at }) => {
    if (typeof left === "bigint" && typeof right === "bigint") return wrapInt(ofInts(left, right));
    if (isNumber(left) && isNumber(right)) return ofFloats(Number(left), Number(right));
    throw mismatch(at, operator, left, right);
  };
}

function floating(operator: string, apply: (left: number, right: number) => number): Operation {
  return (left, right, { at }) => {
    if (isNumber(left) && isNumber(right)) return apply(Number(left), Number(right));
    throw mismatch(at, operator, left, right);
  };
}

function order(operator: string, holds: (sign: number) => boolean): Operation {
  return (left, right, { at, budget }) => {
    const sign = compareValues(left, right, budget);
    if (sign === null) throw mismatch(at, operator, left, right);
    return holds(sign);
  };
}

function onText(operator: string, holds: (text: string, part: string) => boolean): Operation {
  return (left, right, { at, budget }) => {
    if (typeof left !== "string" || typeof right !== "string") throw mismatch(at, operator, left, right);
    budget.spendOnText(left, right);
    return holds(left, right);
  };
}

function isMember(needle: Value, haystack: Value, { at, budget }: Place): boolean {
  if (haystack === null) return false;
  if (isList(haystack)) {
    for (const element of haystack) if (isEqual(element, needle, budget)) return true;
    budget.spend(haystack.length);
    return false;
  }
  if (!isMap(haystack)) throw mismatch(at, "in", needle, haystack);
  return hasKey(haystack, needle, at);
}

/** Whether an object has the key; nil asks for "", as Go's zero value of a string. */
function hasKey(haystack: { readonly [key: string]: Value }, key: Value, at: number): boolean {
  if (key !== null && typeof key !== "string") {
    throw conditionFault(at, `the keys of an object are strings, got ${nameOf(key)}`);
  }
  return Object.hasOwn(haystack, key ?? "");
}

function mismatch(at: number, operator: string, left: Value, right: Value, advice = ""): Error {
  return conditionFault(at, `${nameOf(left)} ${operator} ${nameOf(right)} has no meaning${advice}`);
}

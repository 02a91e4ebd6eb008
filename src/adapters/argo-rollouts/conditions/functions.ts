import type { Place } from "./binary-operations.ts";
import { compareValues } from "./compare-values.ts";
import { conditionFault } from "./condition-fault.ts";
import { elementOf, elementsOf } from "./element-of.ts";
import { formatValue } from "./format-value.ts";
import type { FunctionName } from "./function-names.ts";
import { parseGoFloat, parseGoInt } from "./go-numbers.ts";
import { mean, median, sum } from "./list-statistics.ts";
import { any, bool, float, int, int64, isNumeric, type StaticType, string } from "./static-type.ts";
import { byteLength } from "./string-bytes.ts";
import { isList, isMap, isNumber, nameOf, toInt, type Value, wrapInt } from "./value.ts";

/** Where a function is called, and the result that the condition is about. */
export interface CallPlace extends Place {
  readonly result: Value;
}

interface FunctionRow {
  /** What it gives for arguments of these types; null where it does not take them. */
  readonly type: (operands: readonly StaticType[]) => StaticType | null;
  readonly apply: (operands: readonly Value[], place: CallPlace) => Value;
}

const kinds =
  (result: StaticType, ...allowed: readonly StaticType["kind"][]) =>
  ([operand]: readonly StaticType[]): StaticType | null =>
    operand !== undefined && (operand.kind === "any" || allowed.includes(operand.kind)) ? result : null;

const numbers = ["int", "int64", "float"] as const;
const first = ([operand = null]: readonly Value[]): Value => operand;

/**
 * The functions: expr's own (builtin/builtin.go, builtin/func.go) and the six
 * that Argo Rollouts adds (utils/evaluate/evaluate.go).
 *
 * `isNil(x)` and `default(x, d)` **do not look at x**: as in Argo Rollouts they
 * test the whole `result`, so `isNil(result.field)` is false for every result
 * that is there, and `default(result.field, 0)` is that whole result. Their x is
 * evaluated all the same, so a fault in it counts. Write `result.field == nil`
 * and `result.field ?? 0` for what the names promise.
 *
 * `isNaN` and `isInf` take floats: an int that is computed is a fault, one that
 * is written out is read as a float (see `floated` in compile.ts).
 */
export const functions: Readonly<Record<FunctionName, FunctionRow>> = {
  len: { type: kinds(int, "list", "map", "string"), apply: length },
  first: { type: elementType, apply: (operands, place) => elementOrNil(first(operands), 0n, place) },
  last: { type: elementType, apply: (operands, place) => elementOrNil(first(operands), -1n, place) },
  sum: { type: kinds(any, "list"), apply: (operands, place) => sum(first(operands), place) },
  mean: { type: kinds(float, "list"), apply: (operands, place) => mean(first(operands), place) },
  median: { type: kinds(float, "list"), apply: (operands, place) => median(first(operands), place) },
  max: { type: extremeType, apply: extreme("max", (sign) => sign < 0) },
  min: { type: extremeType, apply: extreme("min", (sign) => sign > 0) },
  abs: {
    type: ([operand = any]) => kinds(operand, ...numbers)([operand]),
    apply: (operands, place) => {
      const value = numberOf("abs", operands, place);
      if (typeof value === "bigint") return value < 0n ? wrapInt(-value) : value;
      return value < 0 ? -value : value;
    },
  },
  ceil: { type: kinds(float, ...numbers), apply: rounding("ceil", Math.ceil) },
  floor: { type: kinds(float, ...numbers), apply: rounding("floor", Math.floor) },
  round: {
    type: kinds(float, ...numbers),
    // Halves away from zero, where JavaScript rounds them up.
    apply: rounding("round", (value) => Math.sign(value) * Math.round(Math.abs(value))),
  },
  int: { type: kinds(int, "string", ...numbers), apply: toGoInt("int") },
  float: { type: kinds(float, "string", ...numbers), apply: toGoFloat("float") },
  string: { type: () => string, apply: (operands, { budget }) => formatValue(first(operands), budget) },
  asInt: { type: () => int64, apply: toGoInt("asInt") },
  asFloat: { type: () => float, apply: toGoFloat("asFloat") },
  isNaN: { type: floatTest, apply: (operands, place) => Number.isNaN(floatOf("isNaN", operands, place)) },
  isInf: {
    type: floatTest,
    apply: (operands, place) => Math.abs(floatOf("isInf", operands, place)) === Number.POSITIVE_INFINITY,
  },
  isNil: { type: () => bool, apply: (_, { result }) => result === null },
  default: { type: () => any, apply: ([, otherwise = null], { result }) => result ?? otherwise },
};

function length(operands: readonly Value[], { at, budget }: CallPlace): bigint {
  const value = first(operands);
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) {
    const keys = Object.keys(value);
    budget.spend(keys.length);
    return BigInt(keys.length);
  }
  if (typeof value !== "string") throw unfit(at, "len", "a list, an object or a string", value);
  budget.spendOnText(value);
  return BigInt(byteLength(value));
}

function elementType([operand]: readonly StaticType[]): StaticType | null {
  if (operand?.kind === "list") return operand.element;
  return operand?.kind === "any" ? any : null;
}

/** The element, or nil where there is none and where there could be none. */
function elementOrNil(value: Value, index: bigint, { at, budget }: CallPlace): Value {
  const elements = elementsOf(value, budget);
  return elements === null || elements.length === 0 ? null : elementOf(value, index, at, budget);
}

function extremeType(operands: readonly StaticType[]): StaticType | null {
  const odd = operands.find((operand) => !isNumeric(operand));
  if (odd !== undefined) return odd.kind === "any" ? any : null;
  return operands[0] ?? null;
}

/** The argument that no later one outdoes; nil is outdone by all, and what has no order is a fault. */
function extreme(name: string, outdone: (sign: number) => boolean): FunctionRow["apply"] {
  return (operands, { at, budget }) => {
    let best: Value = null;
    for (const operand of operands) {
      const sign = best === null ? Number.NaN : compareValues(best, operand, budget);
      if (sign === null)
        throw conditionFault(at, `${name} has no order between ${nameOf(best)} and ${nameOf(operand)}`);
      if (best === null || outdone(sign)) best = operand;
    }
    return best;
  };
}

function rounding(name: string, round: (value: number) => number): FunctionRow["apply"] {
  return (operands, place) => {
    const value = numberOf(name, operands, place);
    return typeof value === "bigint" ? Number(value) : round(value);
  };
}

function toGoInt(name: string): FunctionRow["apply"] {
  return (operands, { at }) => {
    const value = first(operands);
    const read = typeof value === "string" ? parseGoInt(value) : toInt(value);
    if (read === null) throw unfit(at, name, "a number, or a string of decimal digits", value);
    return read;
  };
}

function toGoFloat(name: string): FunctionRow["apply"] {
  return (operands, { at }) => {
    const value = first(operands);
    const read = isNumber(value) ? Number(value) : typeof value === "string" ? parseGoFloat(value) : null;
    if (read === null) throw unfit(at, name, "a number, or a string that is one", value);
    return read;
  };
}

function floatTest([operand = any]: readonly StaticType[]): StaticType | null {
  return ["any", "nil", ...numbers].includes(operand.kind) ? bool : null;
}

function numberOf(name: string, operands: readonly Value[], { at }: CallPlace): number | bigint {
  const value = first(operands);
  if (!isNumber(value)) throw unfit(at, name, "a number", value);
  return value;
}

function floatOf(name: string, operands: readonly Value[], { at }: CallPlace): number {
  const value = first(operands);
  if (typeof value !== "number") throw unfit(at, name, "a float", value);
  return value;
}

function unfit(at: number, name: string, wanted: string, met: Value): Error {
  return conditionFault(at, `${name} takes ${wanted}, got ${nameOf(met)}`);
}

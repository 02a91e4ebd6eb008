import type { Budget } from "./budget.ts";
import { maxResultDepth } from "./limits.ts";
import { compareText } from "./string-bytes.ts";
import { isList, isMap, isNumber, type List, type Value, type ValueMap } from "./value.ts";

/**
 * `left == right`: numbers by their value, a bigint beside a float as a float;
 * else Go's reflect.DeepEqual, for which a []float64 is never a []any, an int
 * in a list never a float, and a list always itself, NaN or not.
 *
 * @throws CoalmineError where the budget ends.
 */
export function isEqual(left: Value, right: Value, budget: Budget): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  return isDeepEqual(left, right, budget, 0);
}

/** Below 0, 0 or above 0; NaN where nothing is below, equal or above. Null where the two have no order. */
export function compareValues(left: Value, right: Value, budget: Budget): number | null {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left !== "string" || typeof right !== "string") return null;
  budget.spendOnText(left, right);
  return compareText(left, right);
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (typeof left === "bigint" && typeof right === "bigint") return left < right ? -1 : Number(left > right);
  const [a, b] = [Number(left), Number(right)];
  if (a === b) return 0;
  return a < b ? -1 : a > b ? 1 : Number.NaN;
}

function isDeepEqual(left: Value, right: Value, budget: Budget, depth: number): boolean {
  budget.spend(depth > maxResultDepth ? Number.POSITIVE_INFINITY : 1);
  if (typeof left === "string") budget.spendOnText(left);
  if (isList(left) && isList(right)) return areEqualLists(left, right, budget, depth);
  if (isMap(left) && isMap(right)) return areEqualMaps(left, right, budget, depth);
  return left === right;
}

function areEqualLists(left: List, right: List, budget: Budget, depth: number): boolean {
  if (left.constructor !== right.constructor || left.length !== right.length) return false;
  if (left === right) return true;
  for (let index = 0; index < left.length; index++) {
    if (!isDeepEqual(left[index] ?? null, right[index] ?? null, budget, depth + 1)) return false;
  }
  return true;
}

function areEqualMaps(left: ValueMap, right: ValueMap, budget: Budget, depth: number): boolean {
  if (left === right) return true;
  const keys = Object.keys(left);
  budget.spend(keys.length);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) && isDeepEqual(left[key] ?? null, right[key] ?? null, budget, depth + 1),
  );
}

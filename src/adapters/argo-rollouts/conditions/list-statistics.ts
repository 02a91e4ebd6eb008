import type { Place } from "./binary-operations.ts";
import { conditionFault } from "./condition-fault.ts";
import { isList, isNumber, nameOf, type Value, wrapInt } from "./value.ts";

/** The sum: an int while all are ints, 0 of none. */
export function sum(list: Value, place: Place): number | bigint {
  let total: number | bigint = 0n;
  for (const value of numbersOf("sum", list, place)) {
    total =
      typeof total === "bigint" && typeof value === "bigint"
        ? wrapInt(total + value)
        : Number(total) + Number(value);
  }
  return total;
}

/** The mean; 0 of none. */
export function mean(list: Value, place: Place): number {
  const values = numbersOf("mean", list, place);
  return values.length === 0
    ? 0
    : values.reduce<number>((total, value) => total + Number(value), 0) / values.length;
}

/** The middle value, or the mean of the two in the middle; NaN sorts before all; 0 of none. */
export function median(list: Value, place: Place): number {
  const values = numbersOf("median", list, place).map(Number);
  if (values.length === 0) return 0;
  values.sort((left, right) => Number(Number.isNaN(right)) - Number(Number.isNaN(left)) || left - right);
  const upper = values[Math.floor(values.length / 2)] ?? Number.NaN;
  const lower = values[Math.ceil(values.length / 2) - 1] ?? Number.NaN;
  return values.length % 2 === 0 ? (lower + upper) / 2 : upper;
}

function numbersOf(name: string, list: Value, { at, budget }: Place): readonly (number | bigint)[] {
  if (!isList(list)) throw conditionFault(at, `${name} takes a list of numbers, got ${nameOf(list)}`);
  budget.spend(list.length);
  return Array.from<Value, number | bigint>(list, (value) => {
    if (isNumber(value)) return value;
    throw conditionFault(at, `${name} takes a list of numbers, got ${nameOf(value)} in it`);
  });
}

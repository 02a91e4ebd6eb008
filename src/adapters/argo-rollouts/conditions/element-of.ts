import type { Budget } from "./budget.ts";
import { conditionFault } from "./condition-fault.ts";
import { bytesOf } from "./string-bytes.ts";
import { isList, isMap, nameOf, toInt, type Value, valueAt } from "./value.ts";

/**
 * `base.name` and `base[index]`: an element by its number, from the end where it
 * is negative, a byte of a string, or the value under a key, nil if there is none.
 *
 * @throws CoalmineError invalid-spec beyond a list, and for what has no elements.
 */
export function elementOf(base: Value, index: Value, at: number, budget: Budget): Value {
  if (isMap(base)) {
    if (index === null || typeof index === "string") return valueAt(base, index ?? "");
    throw conditionFault(at, `the keys of an object are strings, got ${nameOf(index)}`);
  }
  const elements = elementsOf(base, budget);
  if (elements === null) {
    const advice = base === null ? "; use ?. or ?? where it may be missing" : "";
    throw conditionFault(
      at,
      `${nameOf(base)} has no element ${typeof index === "string" ? index : ""}${advice}`,
    );
  }
  const wanted = toInt(index);
  if (wanted === null) throw conditionFault(at, `a list is indexed by an int, got ${nameOf(index)}`);
  const place = Number(wanted < 0n ? wanted + BigInt(elements.length) : wanted);
  const found = elements[place];
  if (place < 0 || place >= elements.length) {
    throw conditionFault(at, `index ${wanted} is out of range: the list has ${elements.length} elements`);
  }
  return found ?? null;
}

/** What has elements by number: a list, or the bytes of a string; null for anything else. */
export function elementsOf(value: Value, budget: Budget): ArrayLike<Value> | null {
  if (isList(value)) return value;
  if (typeof value !== "string") return null;
  budget.spend(value.length);
  return bytesOf(value);
}

/** Checks that what is given to be sent is what its Go type wants. */
import type { GoType } from "./go-type.ts";
import { printedType } from "./go-type-name.ts";
import type { GobInterface, GobStruct, GobValue } from "./gob-value.ts";

/** A value to be sent; absent or null is the zero value of its type. */
export type Given = GobValue | undefined;

/** `value` if `is` says so. @throws TypeError naming `path`, what `type` wants and what was met. */
export function given<T extends GobValue>(
  is: (value: GobValue) => value is T,
  value: GobValue,
  type: GoType,
  path: string,
): T {
  if (is(value)) return value;
  throw new TypeError(`${path}: ${printedType(type) || "a struct"} wanted, ${metText(value)} met`);
}

function metText(value: GobValue): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor.name : typeof value;
}

export function isBoolean(value: GobValue): value is boolean {
  return typeof value === "boolean";
}

export function isNumber(value: GobValue): value is number {
  return typeof value === "number";
}

export function isInteger(value: GobValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

export function isString(value: GobValue): value is string {
  return typeof value === "string";
}

export function isBytes(value: GobValue): value is Uint8Array {
  return value instanceof Uint8Array;
}

export function isList(value: GobValue): value is readonly GobValue[] {
  return Array.isArray(value);
}

export function isMap(value: GobValue): value is ReadonlyMap<GobValue, GobValue> {
  return value instanceof Map;
}

export function isStruct(value: GobValue): value is GobStruct {
  return typeof value === "object" && value !== null && !isList(value) && !isMap(value) && !isBytes(value);
}

export function isInterface(value: GobValue): value is GobInterface {
  return isStruct(value) && typeof value["name"] === "string" && value["value"] !== undefined;
}

import { isList, type Value } from "./value.ts";

/**
 * What is known of a value before anything is evaluated: a type of Go. A
 * condition is checked against the type of the result at hand, so `result > 1`
 * on a string is an error even where `||` would never come to it. `any` is what
 * only evaluation can tell: everything inside JSON.
 */
export type StaticType =
  | { readonly kind: "nil" | "bool" | "int" | "int64" | "float" | "string" | "map" | "any" }
  | { readonly kind: "list"; readonly element: StaticType };

export const nil = { kind: "nil" } as const;
export const bool = { kind: "bool" } as const;
export const int = { kind: "int" } as const;
export const int64 = { kind: "int64" } as const;
export const float = { kind: "float" } as const;
export const string = { kind: "string" } as const;
const map = { kind: "map" } as const;
export const any = { kind: "any" } as const;
export const anyList = { kind: "list", element: any } as const;

/** The type that Go's reflection would name for a value at the top: inside JSON all is `any`. */
export function typeOfValue(value: Value): StaticType {
  if (value === null) return nil;
  if (value instanceof Float64Array) return { kind: "list", element: float };
  if (value instanceof BigInt64Array) return { kind: "list", element: int };
  if (isList(value)) return anyList;
  if (typeof value === "boolean") return bool;
  if (typeof value === "number") return float;
  if (typeof value === "bigint") return int;
  return typeof value === "string" ? string : map;
}

export function isInteger(type: StaticType): boolean {
  return type.kind === "int" || type.kind === "int64";
}

export function isNumeric(type: StaticType): boolean {
  return isInteger(type) || type.kind === "float";
}

/** Whether `==` may stand between the two: the same kind, both numbers, or one that may be anything. */
export function isComparable(left: StaticType, right: StaticType): boolean {
  const open = [left.kind, right.kind].some((kind) => kind === "nil" || kind === "any");
  return open || left.kind === right.kind || (isNumeric(left) && isNumeric(right));
}

/** Go's assignability, of types without names: the same type, or to `any`. */
export function isAssignable(from: StaticType, to: StaticType): boolean {
  if (to.kind === "any") return true;
  if (from.kind === "list" && to.kind === "list") return isSame(from.element, to.element);
  return from.kind === to.kind;
}

function isSame(left: StaticType, right: StaticType): boolean {
  if (left.kind === "list" && right.kind === "list") return isSame(left.element, right.element);
  return left.kind === right.kind;
}

/** A type as messages name it. */
export function typeName(type: StaticType): string {
  return type.kind === "list" ? `list of ${typeName(type.element)}` : type.kind;
}

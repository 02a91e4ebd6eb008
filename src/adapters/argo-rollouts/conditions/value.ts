/** JSON as it was read. Every number of it is a float64, as Go's encoding/json makes them. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * What `result` may be, in the terms of Go that the conditions are typed by:
 *
 * | here | in Go | from |
 * | --- | --- | --- |
 * | null | nil | JSON's null; a query without an answer |
 * | boolean, string | bool, string | JSON |
 * | number | float64 | JSON, a scalar of Prometheus; NaN and infinities too |
 * | Float64Array | []float64, strictly typed | a vector of Prometheus |
 * | array, object | []any, map[string]any, their elements dynamic | JSON |
 */
export type ResultValue = JsonValue | Float64Array;

/**
 * What a part of a condition may come to: a result, or what the language makes
 * itself. A bigint is an int (64 bits, it wraps), a BigInt64Array the []int of
 * a range. An array that the language makes is []any.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float64Array
  | BigInt64Array
  | readonly Value[]
  | ValueMap;

export interface ValueMap {
  readonly [key: string]: Value;
}

/** A list of Go, of whatever type. */
export type List = Float64Array | BigInt64Array | readonly Value[];

export function isList(value: Value): value is List {
  return Array.isArray(value) || value instanceof Float64Array || value instanceof BigInt64Array;
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !isList(value);
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** The value under a key. Only what the object itself holds: `constructor` and `__proto__` are missing keys. */
export function valueAt(map: ValueMap, key: string): Value {
  return Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

/** What a value is called in a message. Never the value itself: results may hold secrets. */
export function nameOf(value: Value): string {
  if (value === null) return "nil";
  if (isList(value)) return "a list";
  if (typeof value === "boolean") return "a bool";
  if (typeof value === "number") return "a float";
  if (typeof value === "bigint") return "an int";
  return typeof value === "string" ? "a string" : "an object";
}

/** An int of Go: 64 bits, what is over is cut off. */
export function wrapInt(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** An index as Go's `int(x)` makes it of any number; null for what is none. */
export function toInt(value: Value): bigint | null {
  if (typeof value === "bigint") return value;
  return typeof value === "number" ? truncate(value) : null;
}

const leastInt = -(2n ** 63n);

/** Go's int(x): towards zero; NaN and what does not fit become the least int, as on amd64. */
function truncate(value: number): bigint {
  if (!(Math.abs(value) < 2 ** 63)) return leastInt;
  return BigInt(Math.trunc(value));
}

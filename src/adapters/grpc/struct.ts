/** Plain JSON values as google.protobuf.Struct has them. */
import type { Struct, Value } from "./messages.ts";

/** A document as JSON.parse would give it. How deep it nests is limited where the bytes are read. */
export function readStruct({ fields }: Struct): Record<string, unknown> {
  // fromEntries: a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, readValue(value)]));
}

function readValue({ numberValue, stringValue, boolValue, structValue, listValue }: Value): unknown {
  if (structValue != null) return readStruct(structValue);
  if (listValue != null) return listValue.values.map(readValue);
  return numberValue ?? stringValue ?? boolValue ?? null;
}

/** @param document a plain object; keys without a value are left out, as JSON does. */
export function writeStruct(document: object): Struct {
  const entries = Object.entries(document).filter(([, value]) => value !== undefined);
  return { fields: Object.fromEntries(entries.map(([key, value]) => [key, writeValue(value)])) };
}

function writeValue(value: unknown): Value {
  switch (typeof value) {
    case "number":
      return { numberValue: value };
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "object":
      if (value === null) return { nullValue: "NULL_VALUE" };
      if (Array.isArray(value)) return { listValue: { values: value.map(writeValue) } };
      return { structValue: writeStruct(value) };
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
}

import { malformedGob } from "./gob-fault.ts";
import type { GobStruct, GobValue } from "./gob-value.ts";
import type { WireField, WireType } from "./wire-type.ts";

type Kind = "array" | "slice" | "struct" | "map" | "opaque";

/** The fields of a wireType: one of them is set, and says what kind of type is defined. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ["ArrayT", "array"],
  ["SliceT", "slice"],
  ["StructT", "struct"],
  ["MapT", "map"],
  ["GobEncoderT", "opaque"],
  ["BinaryMarshalerT", "opaque"],
  ["TextMarshalerT", "opaque"],
]);

/**
 * What a decoded wireType says.
 *
 * The id inside it is not looked at, as Go does not: where a GobEncoder is sent
 * by pointer, Go writes another one there.
 *
 * @throws CoalmineError invalid-request if it defines no type or several, or a
 *   field that Go would not send.
 */
export function readWireType(definition: GobValue): WireType {
  const entries = Object.entries(structOf(definition, "a type definition"));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1)
    throw malformedGob(`a type definition of ${entries.length} types, want 1`);
  const [field, body] = entry;
  const type = structOf(body, field);
  const name = textOf(structOf(type["CommonType"], "CommonType")["Name"]);
  switch (kinds.get(field)) {
    case "array":
      return { kind: "array", name, elem: idOf(type["Elem"], name), length: lengthOf(type["Len"]) };
    case "slice":
      return { kind: "slice", name, elem: idOf(type["Elem"], name) };
    case "map":
      return { kind: "map", name, key: idOf(type["Key"], name), elem: idOf(type["Elem"], name) };
    case "struct":
      return { kind: "struct", name, fields: fieldsOf(type["Field"], name) };
    default:
      return { kind: "opaque", name };
  }
}

function fieldsOf(list: GobValue | undefined, struct: string): WireField[] {
  if (!Array.isArray(list)) return [];
  const seen = new Set<string>();
  return list.map((item: GobValue) => {
    const field = structOf(item, "a field");
    const name = textOf(field["Name"]);
    // Only such names are sent; and no other is safe as the key of an object (__proto__).
    if (!/^\p{Lu}/u.test(name))
      throw malformedGob(`field "${name}" of type ${struct}, want an exported name`);
    if (seen.has(name)) throw malformedGob(`two fields ${name} in type ${struct}, want 1`);
    seen.add(name);
    return { name, type: idOf(field["Id"], `${struct}.${name}`) };
  });
}

function structOf(value: GobValue | undefined, what: string): GobStruct {
  if (isStruct(value)) return value;
  throw malformedGob(`${what} is missing from a type definition`);
}

/** Of what a definition can hold, only its structs are objects that are no array. */
function isStruct(value: GobValue | undefined): value is GobStruct {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: GobValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function idOf(value: GobValue | undefined, what: string): number {
  if (typeof value === "number" && value > 0) return value;
  throw malformedGob(`type id ${String(value ?? 0)} in the definition of ${what}, want 1 or more`);
}

function lengthOf(value: GobValue | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && value >= 0) return value;
  throw malformedGob(`array of length ${String(value)}, want 0 or more`);
}

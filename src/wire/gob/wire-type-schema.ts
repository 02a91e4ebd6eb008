/** A type definition as a value: the wireType of doc.go, and what it says of a type. */
import { unreachable } from "../../base/unreachable.ts";
import { type GoField, type GoType, goInt, goString, type PointerType, type StructType } from "./go-type.ts";
import type { GobStruct } from "./gob-value.ts";
import type { NumberedType } from "./type-ids.ts";

const common: GoField = [
  "CommonType",
  struct("gob.CommonType", [
    ["Name", goString],
    ["Id", goInt],
  ]),
];
const fieldType = struct("gob.fieldType", [
  ["Name", goString],
  ["Id", goInt],
]);
const opaque = pointer("gob.gobEncoderType", [common]);

/** The struct that a definition is "the gob encoding of". */
export const wireTypeSchema: StructType = struct("gob.wireType", [
  ["ArrayT", pointer("gob.arrayType", [common, ["Elem", goInt], ["Len", goInt]])],
  ["SliceT", pointer("gob.sliceType", [common, ["Elem", goInt]])],
  ["StructT", pointer("gob.structType", [common, ["Field", { kind: "slice", elem: fieldType }]])],
  ["MapT", pointer("gob.mapType", [common, ["Key", goInt], ["Elem", goInt]])],
  ["GobEncoderT", opaque],
  ["BinaryMarshalerT", opaque],
  ["TextMarshalerT", opaque],
]);

/** A type that a stream must define before it uses it. */
export type DefinedType = Extract<GoType, { kind: "struct" | "slice" | "array" | "map" | "opaque" }>;

/** Whether streams define the type; they know the others. */
export function isDefined(type: GoType): type is DefinedType {
  switch (type.kind) {
    case "struct":
    case "slice":
    case "array":
    case "map":
    case "opaque":
      return true;
    default:
      return false;
  }
}

/** The types that are defined along with `type`, in the order in which Go does. */
export function heldTypes(type: DefinedType): readonly GoType[] {
  switch (type.kind) {
    case "struct":
      return type.fields.map(([, field]) => field);
    case "opaque":
      return type.fields;
    case "map":
      return [type.key, type.elem];
    case "slice":
    case "array":
      return [type.elem];
    default:
      return unreachable(type);
  }
}

/** The wireType of `type`, numbered as `numbered` says. */
export function definitionOf(type: DefinedType, numbered: NumberedType): GobStruct {
  const commonType = { Name: numbered.name, Id: numbered.id };
  const [first, second] = numbered.parts.map(({ id }) => id);
  switch (type.kind) {
    case "array":
      return { ArrayT: { CommonType: commonType, Elem: first, Len: type.length } };
    case "slice":
      return { SliceT: { CommonType: commonType, Elem: first } };
    case "map":
      return { MapT: { CommonType: commonType, Key: first, Elem: second } };
    case "opaque":
      return { [type.by]: { CommonType: commonType } };
    case "struct": {
      const fields = type.fields.map(([name], index) => ({ Name: name, Id: numbered.parts[index]?.id }));
      return { StructT: { CommonType: commonType, Field: fields } };
    }
    default:
      return unreachable(type);
  }
}

function struct(name: string, fields: readonly GoField[]): StructType {
  return { kind: "struct", name, fields };
}

function pointer(name: string, fields: readonly GoField[]): PointerType {
  return { kind: "pointer", elem: struct(name, fields) };
}

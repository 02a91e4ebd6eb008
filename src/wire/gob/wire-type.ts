/** The types of a stream, as its reader knows them. */

/** A type that a stream defined, or that every stream knows (doc.go: "understand these types a priori"). */
export type WireType =
  | { readonly kind: "bool" | "int" | "uint" | "float" | "bytes" | "string" | "complex" }
  | { readonly kind: "interface" }
  | { readonly kind: "array"; readonly name: string; readonly elem: number; readonly length: number }
  | { readonly kind: "slice"; readonly name: string; readonly elem: number }
  | { readonly kind: "map"; readonly name: string; readonly key: number; readonly elem: number }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly WireField[] }
  /** GobEncoder, BinaryMarshaler or TextMarshaler: bytes that only the type itself can read. */
  | { readonly kind: "opaque"; readonly name: string };

/** A field of a struct: its name and the id of its type. */
export interface WireField {
  readonly name: string;
  readonly type: number;
}

/** Ids of the basic types, as doc.go lists them. */
export const basicId = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, string: 6, interface: 8 } as const;

/** The id of WireType itself, the struct that a type definition is. */
export const wireTypeId = 16;

/**
 * The lowest id a stream may define. Go numbers its types from here (doc.go's
 * example still says 65, where older Go began).
 */
export const firstUserId = 64;

const int = basicId.int;
const [arrayType, commonType, sliceType, structType, fieldType, fieldSlice, mapType, gobEncoderType] = [
  17, 18, 19, 20, 21, 22, 23, 24,
] as const;
const common = { name: "CommonType", type: commonType };

/** The types that are known before any is defined: the basic ones, and those a definition is made of. */
export const builtinTypes: ReadonlyMap<number, WireType> = new Map<number, WireType>([
  [basicId.bool, { kind: "bool" }],
  [basicId.int, { kind: "int" }],
  [basicId.uint, { kind: "uint" }],
  [basicId.float, { kind: "float" }],
  [basicId.bytes, { kind: "bytes" }],
  [basicId.string, { kind: "string" }],
  [7, { kind: "complex" }],
  [basicId.interface, { kind: "interface" }],
  [
    wireTypeId,
    structOf("wireType", [
      { name: "ArrayT", type: arrayType },
      { name: "SliceT", type: sliceType },
      { name: "StructT", type: structType },
      { name: "MapT", type: mapType },
      { name: "GobEncoderT", type: gobEncoderType },
      { name: "BinaryMarshalerT", type: gobEncoderType },
      { name: "TextMarshalerT", type: gobEncoderType },
    ]),
  ],
  [arrayType, structOf("arrayType", [common, { name: "Elem", type: int }, { name: "Len", type: int }])],
  [
    commonType,
    structOf("CommonType", [
      { name: "Name", type: basicId.string },
      { name: "Id", type: int },
    ]),
  ],
  [sliceType, structOf("sliceType", [common, { name: "Elem", type: int }])],
  [structType, structOf("structType", [common, { name: "Field", type: fieldSlice }])],
  [
    fieldType,
    structOf("fieldType", [
      { name: "Name", type: basicId.string },
      { name: "Id", type: int },
    ]),
  ],
  [fieldSlice, { kind: "slice", name: "[]gob.fieldType", elem: fieldType }],
  [mapType, structOf("mapType", [common, { name: "Key", type: int }, { name: "Elem", type: int }])],
  [gobEncoderType, structOf("gobEncoderType", [common])],
]);

function structOf(name: string, fields: readonly WireField[]): WireType {
  return { kind: "struct", name, fields };
}

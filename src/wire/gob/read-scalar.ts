import type { ByteReader } from "./byte-reader.ts";
import { malformedGob } from "./gob-fault.ts";
import type { GobValue } from "./gob-value.ts";
import type { WireType } from "./wire-type.ts";

/**
 * What makes a value of the bytes of a GobEncoder, BinaryMarshaler or
 * TextMarshaler, by the name of the type without its package: that is all a
 * stream says of it.
 */
export type OpaqueReaders = ReadonlyMap<string, (bytes: Uint8Array) => GobValue>;

/** A type whose values hold others, which a frame is needed for. */
export type CompositeType = Extract<WireType, { kind: "array" | "slice" | "map" | "struct" | "interface" }>;

/** Whether values of the type may hold others. */
export function isComposite(type: WireType): type is CompositeType {
  switch (type.kind) {
    case "array":
    case "slice":
    case "map":
    case "struct":
    case "interface":
      return true;
    default:
      return false;
  }
}

/**
 * Reads a value that holds no others.
 *
 * @throws CoalmineError invalid-request if the bytes are none, or a complex number.
 */
export function readScalar(
  type: Exclude<WireType, CompositeType>,
  reader: ByteReader,
  opaque: OpaqueReaders,
): GobValue {
  switch (type.kind) {
    case "bool":
      return reader.bool();
    case "int":
      return reader.int();
    case "uint":
      return reader.uint();
    case "float":
      return reader.float();
    case "bytes":
      return reader.bytes("[]byte");
    case "string":
      return reader.string("string");
    case "complex":
      throw malformedGob("a complex number, which this decoder does not read");
    case "opaque": {
      const bytes = reader.bytes(type.name);
      const read = opaque.get(type.name);
      return read === undefined ? bytes : read(bytes);
    }
  }
}

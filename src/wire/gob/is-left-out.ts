import type { GoType } from "./go-type.ts";
import type { GobValue } from "./gob-value.ts";

/**
 * Whether a struct leaves out a field of this value: "if a field has the zero
 * value for its type (except for arrays) or it's a pointer to a zero value, it is
 * omitted". Structs are sent even if all of their fields are zero, and so are
 * maps that are empty but not nil, and pointers to zero times.
 */
export function isLeftOut(type: GoType, value: GobValue | undefined): boolean {
  if (value === undefined || value === null) return type.kind !== "struct" && type.kind !== "array";
  switch (type.kind) {
    case "pointer":
      return type.elem.kind !== "opaque" && isLeftOut(type.elem, value);
    case "opaque":
      return type.isZero(value);
    case "bool":
      return value === false;
    case "int":
    case "uint":
      return value === 0 || value === 0n;
    case "float":
      return value === 0;
    case "string":
      return value === "";
    case "bytes":
      return value instanceof Uint8Array && value.byteLength === 0;
    case "slice":
      return Array.isArray(value) && value.length === 0;
    default:
      return false;
  }
}

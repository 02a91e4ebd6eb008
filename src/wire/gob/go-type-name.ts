import { unreachable } from "../../base/unreachable.ts";
import type { GoType } from "./go-type.ts";

/** A type as Go prints it (`reflect.Type.String`): `map[string]*v1.Time`. */
export function printedType(type: GoType): string {
  switch (type.kind) {
    case "slice":
      return type.name ?? `[]${printedType(type.elem)}`;
    case "array":
      return `[${type.length}]${printedType(type.elem)}`;
    case "map":
      return type.name ?? `map[${printedType(type.key)}]${printedType(type.elem)}`;
    case "pointer":
      return `*${printedType(type.elem)}`;
    case "interface":
      return "interface {}";
    case "struct":
    case "opaque":
    case "bool":
    case "int":
    case "uint":
    case "float":
    case "bytes":
    case "string":
      return type.name;
    default:
      return unreachable(type);
  }
}

/** The name a type is declared by, without its package (`reflect.Type.Name`); empty if it has none. */
export function declaredName(type: GoType): string {
  const printed = printedType(type);
  return /^[\w.]+$/.test(printed) ? printed.slice(printed.lastIndexOf(".") + 1) : "";
}

/** What pointers of any depth point to in the end. */
export function baseOf(type: GoType): Exclude<GoType, { kind: "pointer" }> {
  return type.kind === "pointer" ? baseOf(type.elem) : type;
}

import { unreachable } from "../../base/unreachable.ts";
import {
  type Given,
  given,
  isBoolean,
  isBytes,
  isInteger,
  isInterface,
  isList,
  isMap,
  isNumber,
  isString,
  isStruct,
} from "./given-value.ts";
import type {
  ArrayType,
  BasicType,
  GoType,
  InterfaceType,
  MapType,
  SliceType,
  StructType,
} from "./go-type.ts";
import { baseOf } from "./go-type-name.ts";
import { isLeftOut } from "./is-left-out.ts";
import type { MessageWriter } from "./message-writer.ts";

/** Where values are written. */
export interface ValueTarget {
  readonly out: MessageWriter;
  /** Makes sure that the stream defines the type; returns its id. */
  define(type: GoType): number;
}

/**
 * Writes a value that no composite holds: one that is no struct has a 0 before
 * it, in place of a field's delta.
 *
 * @param path names the value in errors.
 * @throws TypeError, RangeError if the value is not of the type.
 */
export function writeAlone(target: ValueTarget, type: GoType, value: Given, path: string): void {
  if (baseOf(type).kind !== "struct") target.out.current.uint(0);
  writeValue(target, type, value, path);
}

function writeValue(target: ValueTarget, type: GoType, value: Given, path: string): void {
  switch (type.kind) {
    case "pointer":
      if (value === null || value === undefined)
        throw new TypeError(`${path}: a value wanted, a nil pointer met; only fields may hold one`);
      writeValue(target, type.elem, value, path);
      break;
    case "struct":
      writeStruct(target, type, value, path);
      break;
    case "slice":
      writeList(target, type, given(isList, value ?? [], type, path), path);
      break;
    case "array":
      writeArray(target, type, value, path);
      break;
    case "map":
      writeMap(target, type, value, path);
      break;
    case "interface":
      writeInterface(target, type, value, path);
      break;
    case "opaque":
      target.out.current.bytes(type.encode(value ?? null));
      break;
    default:
      writeBasic(target, type, value, path);
      break;
  }
}

/** "A sequence of (field number, field value) pairs", the numbers as deltas from -1, a delta of 0 at the end. */
export function writeStruct(target: ValueTarget, type: StructType, value: Given, path: string): void {
  const struct = given(isStruct, value ?? {}, type, path);
  const unknown = Object.keys(struct).find((key) => type.fields.every(([name]) => name !== key));
  if (unknown !== undefined) throw new TypeError(`${path}: ${type.name} has no field ${unknown}`);
  let last = -1;
  for (const [index, [name, fieldType]] of type.fields.entries()) {
    const field = struct[name];
    if (isLeftOut(fieldType, field)) continue;
    target.out.current.uint(index - last);
    last = index;
    writeValue(target, fieldType, field, `${path}.${name}`);
  }
  target.out.current.uint(0);
}

/** "An unsigned count followed by that many elements"; zero-valued ones too. */
function writeList(
  target: ValueTarget,
  type: SliceType | ArrayType,
  list: readonly Given[],
  path: string,
): void {
  target.out.current.uint(list.length);
  for (const [index, item] of list.entries()) writeValue(target, type.elem, item, `${path}[${index}]`);
}

function writeArray(target: ValueTarget, type: ArrayType, value: Given, path: string): void {
  const list = value ?? Array.from({ length: type.length }, () => null);
  const { length } = given(isList, list, type, path);
  if (length !== type.length) throw new RangeError(`${path}: ${type.length} elements wanted, ${length} met`);
  writeList(target, type, given(isList, list, type, path), path);
}

/** "An unsigned count followed by that many key, element pairs", in the order of the Map. */
function writeMap(target: ValueTarget, type: MapType, value: Given, path: string): void {
  const map = given(isMap, value ?? new Map(), type, path);
  target.out.current.uint(map.size);
  for (const [key, elem] of map) {
    writeValue(target, type.key, key, `${path} key`);
    writeValue(target, type.elem, elem, `${path}[${String(key)}]`);
  }
}

/**
 * "A string identifying the concrete type being sent, followed by a byte count of
 * the length of the following data, followed by the usual encoding of the
 * concrete value"; the type's id, and its definition if need be, stand between
 * the name and the count. "A nil interface value is identified by the empty
 * string."
 */
function writeInterface(target: ValueTarget, type: InterfaceType, value: Given, path: string): void {
  const { out } = target;
  if (value === null || value === undefined) {
    out.current.string("");
    return;
  }
  const { name, value: contents } = given(isInterface, value, type, path);
  const concrete = type.registered.get(name);
  if (concrete === undefined)
    throw new TypeError(`${path}: one of ${[...type.registered.keys()].join(", ")} wanted, ${name} met`);
  out.current.string(name);
  out.current.int(target.define(concrete));
  out.open();
  writeAlone(target, concrete, contents, `${path}.(${name})`);
  out.close();
}

function writeBasic({ out }: ValueTarget, type: BasicType, value: Given, path: string): void {
  switch (type.kind) {
    case "bool":
      out.current.bool(given(isBoolean, value ?? false, type, path));
      break;
    case "int":
      out.current.int(given(isInteger, value ?? 0, type, path));
      break;
    case "uint":
      out.current.uint(given(isInteger, value ?? 0, type, path));
      break;
    case "float":
      out.current.float(given(isNumber, value ?? 0, type, path));
      break;
    case "string":
      out.current.string(given(isString, value ?? "", type, path));
      break;
    case "bytes":
      out.current.bytes(given(isBytes, value ?? new Uint8Array(0), type, path));
      break;
    default:
      unreachable(type.kind);
  }
}

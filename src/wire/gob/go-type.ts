/**
 * The language in which a program says what Go types it sends, as data.
 *
 * Names are as Go prints a type (`reflect.Type.String`), with the package:
 * `v1alpha1.Measurement`. A receiver does not look at them; they are there so
 * that the bytes are Go's to the last.
 */

import { goTimeOfValue } from "./decoded-time.ts";
import { type GoTime, writeGoTime, zeroGoTime } from "./go-time.ts";
import type { GobValue } from "./gob-value.ts";

/** A Go type that can be sent. */
export type GoType =
  | BasicType
  | StructType
  | SliceType
  | ArrayType
  | MapType
  | PointerType
  | InterfaceType
  | OpaqueType;

/** A type that every stream knows; all sizes of int are one, and so are all of uint and of float. */
export interface BasicType {
  readonly kind: "bool" | "int" | "uint" | "float" | "bytes" | "string";
  readonly name: string;
}

/** A struct with its exported fields in order. Two objects are two types, also if their names are the same. */
export interface StructType {
  readonly kind: "struct";
  /** Empty for a type without one. */
  readonly name: string;
  /** May be a getter, where the type holds itself; it must give the same list each time. */
  readonly fields: readonly GoField[];
}

/** A field: its name, and its type. An embedded struct is a field by the name of its type. */
export type GoField = readonly [name: string, type: GoType];

/** A slice, but for []byte, which is a {@link BasicType}. */
export interface SliceType {
  readonly kind: "slice";
  /** Only of a type that is declared with one. */
  readonly name?: string;
  readonly elem: GoType;
}

export interface ArrayType {
  readonly kind: "array";
  readonly elem: GoType;
  readonly length: number;
}

export interface MapType {
  readonly kind: "map";
  /** Only of a type that is declared with one. */
  readonly name?: string;
  readonly key: GoType;
  readonly elem: GoType;
}

/** "Pointers are not transmitted, but the things they point to are": null or absent is nil. */
export interface PointerType {
  readonly kind: "pointer";
  readonly elem: GoType;
}

/** An interface variable, and the types it may hold by the names they are registered by. */
export interface InterfaceType {
  readonly kind: "interface";
  readonly registered: ReadonlyMap<string, GoType>;
}

/** A GobEncoder, BinaryMarshaler or TextMarshaler: a type that turns itself into bytes. */
export interface OpaqueType {
  readonly kind: "opaque";
  readonly name: string;
  readonly by: "GobEncoderT" | "BinaryMarshalerT" | "TextMarshalerT";
  /** The bytes of a value. @throws TypeError if it is not of the type. */
  readonly encode: (value: GobValue) => Uint8Array;
  /** Whether it is Go's zero value, which a field leaves out; a pointer to it is sent. */
  readonly isZero: (value: GobValue) => boolean;
  /** If it is a struct, the types of its exported fields: Go defines them, though no value uses them. */
  readonly fields: readonly GoType[];
}

export const goBool: BasicType = { kind: "bool", name: "bool" };
export const goInt: BasicType = { kind: "int", name: "int" };
export const goUint: BasicType = { kind: "uint", name: "uint" };
export const goFloat: BasicType = { kind: "float", name: "float64" };
export const goBytes: BasicType = { kind: "bytes", name: "[]uint8" };
export const goString: BasicType = { kind: "string", name: "string" };

/** time.Time, of {@link GoTime}. */
export const goTime: OpaqueType = {
  kind: "opaque",
  name: "time.Time",
  by: "GobEncoderT",
  encode: (value) => writeGoTime(goTimeOfValue(value)),
  isZero: (value) => isZeroTime(goTimeOfValue(value)),
  fields: [],
};

/** A struct that embeds time.Time and so is sent as it is: metav1.Time is `embeddedTime("v1.Time")`. */
export function embeddedTime(name: string): OpaqueType {
  return { ...goTime, name, fields: [goTime] };
}

function isZeroTime({ seconds, nanos, zone }: GoTime): boolean {
  return seconds === zeroGoTime.seconds && nanos === 0 && zone === "UTC";
}

/** What a gob stream holds, as plain data: the type of what is decoded and of what can be encoded. */
import type { GoTime } from "./go-time.ts";

/**
 * A decoded value.
 *
 * | Go | here |
 * | --- | --- |
 * | bool, string, float | boolean, string, number |
 * | any int or uint | number; bigint where a number would not be exact |
 * | []byte | Uint8Array, a copy |
 * | array, slice | array |
 * | map | Map; a key that is itself composite is a new object |
 * | struct | {@link GobStruct} |
 * | pointer | what it points to |
 * | interface | {@link GobInterface}, null if nil |
 * | GobEncoder, BinaryMarshaler, TextMarshaler | what its reader makes of the bytes; the bytes if it has none |
 */
export type GobValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly GobValue[]
  | ReadonlyMap<GobValue, GobValue>
  | GobStruct
  | GobInterface
  | GoTime;

/**
 * A struct by field name. Go leaves out a field that has the zero value of its
 * type (doc.go, "Structs are sent as …"), so an absent field is its zero value
 * or a nil pointer: the two cannot be told apart.
 */
export interface GobStruct {
  readonly [field: string]: GobValue | undefined;
}

/** A value in an interface variable: the name its type was registered by (`gob.RegisterName`), and itself. */
export interface GobInterface {
  readonly name: string;
  readonly value: GobValue;
}

import type { GoType } from "./go-type.ts";
import { baseOf, printedType } from "./go-type-name.ts";
import type { GobValue } from "./gob-value.ts";
import { MessageWriter } from "./message-writer.ts";
import { TypeIds } from "./type-ids.ts";
import { type ValueTarget, writeAlone, writeStruct } from "./value-writer.ts";
import { definitionOf, heldTypes, isDefined, wireTypeSchema } from "./wire-type-schema.ts";

/**
 * Encodes values for one stream, as Go's Encoder does: each type is defined once,
 * before its first use, with the number and in the order that Go gives it.
 */
export class GobEncoder {
  readonly #ids = new TypeIds();
  /** Keys of the types that the stream defines. */
  #defined: ReadonlySet<string> = new Set();

  /**
   * The next value's bytes: definitions of the types that the stream does not
   * have yet, and the value. They must be sent in the order of the calls; a call
   * that throws leaves the stream as it was.
   *
   * @param value absent fields, and null, are the zero value of their type.
   * @throws TypeError if the value is not of the type, or has a nil pointer where
   *   gob cannot say so; RangeError if an integer or a time is out of its range.
   */
  encode(type: GoType, value: GobValue): Uint8Array {
    const defined = new Set(this.#defined);
    const out = new MessageWriter();
    const define = (used: GoType): number => {
      this.#define({ out, define }, used, defined);
      return this.#ids.numberOf(used).id;
    };
    out.current.int(define(type));
    writeAlone({ out, define }, type, value, printedType(baseOf(type)));
    out.flush();
    this.#defined = defined;
    return out.messages;
  }

  /** Defines the type and then those it holds, unless the stream has them (sendActualType of Go's encoder.go). */
  #define(target: ValueTarget, type: GoType, defined: Set<string>): void {
    const base = baseOf(type);
    const key = this.#ids.keyOf(base);
    if (!isDefined(base) || defined.has(key)) return;
    const numbered = this.#ids.numberOf(base);
    // To Go a pointer to a GobEncoder is a GobEncoder too: the definition tells its number instead.
    const isOther = base.kind === "opaque" && type.kind === "pointer";
    const told = isOther ? this.#ids.numberOfPointer(type) : numbered;
    target.out.current.int(-numbered.id);
    writeStruct(target, wireTypeSchema, definitionOf(base, told), "wireType");
    target.out.flush();
    defined.add(key);
    for (const held of heldTypes(base)) this.#define(target, held, defined);
  }
}

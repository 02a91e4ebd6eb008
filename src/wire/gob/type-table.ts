import type { ByteReader } from "./byte-reader.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";
import type { GobLimits } from "./limits.ts";
import { readWireType } from "./read-wire-type.ts";
import { ValueReader } from "./value-reader.ts";
import { builtinTypes, firstUserId, type WireType, wireTypeId } from "./wire-type.ts";

/** The types a stream has defined so far: "when a type is defined on a given connection …, it is assigned a signed integer type id". */
export class TypeTable {
  readonly #types = new Map(builtinTypes);
  readonly #limits: GobLimits;
  #definitionBytes = 0;

  constructor(limits: GobLimits) {
    this.#limits = limits;
  }

  /** Types defined by the stream. */
  get defined(): number {
    return this.#types.size - builtinTypes.size;
  }

  /** The type `id` stands for. @throws CoalmineError invalid-request if it is not defined yet. */
  typeOf(id: number): WireType {
    const type = this.#types.get(id);
    if (type !== undefined) return type;
    throw malformedGob(`type ${id} is used before it is defined`);
  }

  /**
   * Reads the definition of `id`, which takes the rest of what `reader` has.
   *
   * @throws CoalmineError invalid-request if it is malformed or the id is taken,
   *   too-large if it is one type too many.
   */
  define(id: number, reader: ByteReader): void {
    const { maxTypes, maxDefinitionBytes } = this.#limits;
    if (id < firstUserId || this.#types.has(id))
      throw malformedGob(`type ${id} is defined, want a new id of ${firstUserId} or more`);
    if (this.defined >= maxTypes) throw oversizedGob(`more than ${maxTypes} types`);
    this.#definitionBytes += reader.remaining;
    if (this.#definitionBytes > maxDefinitionBytes)
      throw oversizedGob(`${this.#definitionBytes} bytes of type definitions, at most ${maxDefinitionBytes}`);
    const definition = new ValueReader({
      types: this,
      limits: this.#limits,
      opaque: new Map(),
      nodesATurn: Number.POSITIVE_INFINITY,
    });
    const read = definition.start(wireTypeId, reader);
    if (typeof read === "string") throw malformedGob("a type definition that is spread over messages");
    this.#types.set(id, readWireType(read.value));
  }
}

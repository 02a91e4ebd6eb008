import type { ByteReader } from "./byte-reader.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";
import type { GobValue } from "./gob-value.ts";
import type { GobLimits } from "./limits.ts";
import type { CompositeType, Frame, InterfaceFrame, ListFrame, MapFrame, StructFrame } from "./read-frame.ts";
import { frameOf } from "./read-frame.ts";
import { readScalar, type ScalarType } from "./read-scalar.ts";
import type { WireType } from "./wire-type.ts";

/** What makes a value of the bytes of a GobEncoder, BinaryMarshaler or TextMarshaler. */
export type OpaqueReader = (bytes: Uint8Array) => GobValue;

/** What reading a value needs to know of its stream. */
export interface ReadContext {
  readonly types: {
    typeOf(id: number): WireType;
    define(id: number, reader: ByteReader): void;
  };
  readonly limits: GobLimits;
  /** By the name of the type. */
  readonly opaque: ReadonlyMap<string, OpaqueReader>;
}

/** A value read whole; wrapped, since a value may be null. */
export interface ReadValue {
  readonly value: GobValue;
}

/** Go's own bound on the name of a registered type. */
const maxNameBytes = 1_024;

/**
 * Reads one value, which may be spread over several messages: where an interface
 * value is the first of its type, the sender breaks the message off after the
 * name to put the type definitions there, and goes on in the next one (the
 * grammar in doc.go: `ConcreteTypeName TypeSequence InterfaceContents`).
 *
 * So what is under way stands in a stack of frames and not in the call stack,
 * which bounds the depth too. `#fences` are the ends of the counted pieces the
 * position is in: the message, then one for each interface value around it.
 */
export class ValueReader {
  readonly #context: ReadContext;
  readonly #frames: Frame[] = [];
  #fences: number[] = [];
  #reader: ByteReader | undefined;
  #nodes = 0;
  #done: ReadValue | undefined;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  /**
   * Reads the value of type `id` from what `reader` has left.
   *
   * @returns the value; undefined if the message ends where another must follow.
   * @throws CoalmineError invalid-request, too-large.
   */
  start(id: number, reader: ByteReader): ReadValue | undefined {
    this.#enter(reader);
    this.#readWhole(reader, id);
    return this.#run(reader);
  }

  /** Goes on with the next message. Returns and throws as {@link start}. */
  resume(reader: ByteReader): ReadValue | undefined {
    this.#enter(reader);
    return this.#run(reader);
  }
}

import type { ByteReader } from "./byte-reader.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";
import type { GobValue } from "./gob-value.ts";
import type { GobLimits } from "./limits.ts";
import { MessagePieces } from "./message-pieces.ts";
import { openFrame } from "./open-frame.ts";
import {
  addToFrame,
  type Frame,
  type InterfaceFrame,
  type ListFrame,
  type MapFrame,
  type StructFrame,
} from "./read-frame.ts";
import { isComposite, type OpaqueReaders, readScalar } from "./read-scalar.ts";
import type { WireType } from "./wire-type.ts";

/** What reading a value needs to know of its stream. */
export interface ReadContext {
  readonly types: {
    typeOf(id: number): WireType;
    define(id: number, reader: ByteReader): void;
  };
  readonly limits: GobLimits;
  readonly opaque: OpaqueReaders;
  /** Values after which a reader pauses; within a composite it may do so a few later. */
  readonly nodesATurn: number;
}

/** A value read whole; wrapped, since a value may be null. */
export interface ReadValue {
  readonly value: GobValue;
}

/**
 * How far reading came: to the end of the value, to the end of a message where
 * another must follow, or to a pause.
 */
export type ReadProgress = ReadValue | "message over" | "pause";

/**
 * Reads one value, which may be spread over several messages: where an interface
 * value is the first of its type, the sender breaks the message off after the
 * name to put the type definitions there, and goes on in the next one (the
 * grammar in doc.go: `ConcreteTypeName TypeSequence InterfaceContents`).
 *
 * So what is under way stands in a stack of frames and not in the call stack,
 * which bounds the depth too.
 */
export class ValueReader {
  readonly #context: ReadContext;
  readonly #pieces = new MessagePieces();
  readonly #frames: Frame[] = [];
  #nodes = 0;
  /** The count of values at which to pause. */
  #pauseAt = 0;
  #done: ReadValue | undefined;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  /**
   * Reads the value of type `id` from what `reader` has left.
   *
   * @throws CoalmineError invalid-request, too-large.
   */
  start(id: number, reader: ByteReader): ReadProgress {
    this.#pieces.enterMessage(reader);
    const value = this.#readAlone(id);
    if (value !== undefined) this.#done = { value };
    return this.#run();
  }

  /** Goes on with the next message. Throws as {@link start}. */
  enter(reader: ByteReader): ReadProgress {
    this.#pieces.enterMessage(reader);
    return this.#run();
  }

  /** Goes on after a pause. Throws as {@link start}. */
  resume(): ReadProgress {
    return this.#run();
  }

  #run(): ReadProgress {
    this.#pauseAt = this.#nodes + this.#context.nodesATurn;
    while (this.#done === undefined) {
      if (this.#isPauseDue) return "pause";
      const frame = this.#frames.at(-1);
      if (frame === undefined || !this.#step(frame)) return "message over";
    }
    return this.#done;
  }

  get #isPauseDue(): boolean {
    return this.#nodes >= this.#pauseAt;
  }

  /** Reads on in the innermost composite until it is whole, holds another or a pause is due; false if the message is over. */
  #step(frame: Frame): boolean {
    switch (frame.kind) {
      case "struct":
        this.#stepStruct(frame);
        return true;
      case "list":
        this.#stepList(frame);
        return true;
      case "map":
        this.#stepMap(frame);
        return true;
      case "interface":
        return this.#stepInterface(frame);
    }
  }

  /** "A sequence of (field number, field value) pairs", the numbers as deltas from -1, a delta of 0 at the end. */
  #stepStruct(frame: StructFrame): void {
    for (;;) {
      const delta = this.#pieces.reader.count("field delta");
      if (delta === 0) {
        this.#close(frame.value);
        return;
      }
      frame.index += delta;
      const field = frame.fields[frame.index];
      if (field === undefined)
        throw malformedGob(`field ${frame.index} of ${frame.typeName}, which has ${frame.fields.length}`);
      const value = this.#read(field.type);
      if (value === undefined) return;
      frame.value[field.name] = value;
    }
  }

  #stepList(frame: ListFrame): void {
    while (frame.remaining > 0) {
      if (this.#isPauseDue) return;
      frame.remaining -= 1;
      const value = this.#read(frame.elem);
      if (value === undefined) return;
      frame.value.push(value);
    }
    this.#close(frame.value);
  }

  #stepMap(frame: MapFrame): void {
    while (frame.remaining > 0 || frame.key !== undefined) {
      if (this.#isPauseDue) return;
      const isKey = frame.key === undefined;
      if (isKey) frame.remaining -= 1;
      const value = this.#read(isKey ? frame.keyType : frame.elemType);
      if (value === undefined) return;
      addToFrame(frame, value);
    }
    this.#close(frame.value);
  }

  /** Type definitions, if the sender has not defined the type yet; then its id and the counted contents. */
  #stepInterface(frame: InterfaceFrame): boolean {
    while (frame.contents === undefined) {
      const id = this.#pieces.reader.typeId();
      if (id < 0) {
        this.#context.types.define(-id, this.#pieces.reader);
        if (!this.#pieces.continue()) return false;
      } else {
        this.#pieces.open();
        const value = this.#readAlone(id);
        if (value === undefined) return true;
        frame.contents = value;
      }
    }
    this.#pieces.close();
    this.#close({ name: frame.name, value: frame.contents });
    return true;
  }

  /** A value that no composite holds: one that is no struct has a 0 before it, in place of a field's delta. */
  #readAlone(id: number): GobValue | undefined {
    if (this.#context.types.typeOf(id).kind !== "struct") {
      const delta = this.#pieces.reader.count("delta");
      if (delta !== 0) throw malformedGob(`delta ${delta} before a value that is no struct, want 0`);
    }
    return this.#read(id);
  }

  /** The value, if it is whole at once; else undefined, and its frame is on the stack. */
  #read(id: number): GobValue | undefined {
    const { types, limits, opaque } = this.#context;
    this.#nodes += 1;
    if (this.#nodes > limits.maxNodes) throw oversizedGob(`more than ${limits.maxNodes} values in one`);
    const type = types.typeOf(id);
    if (!isComposite(type)) return readScalar(type, this.#pieces.reader, opaque);
    const frame = openFrame(type, this.#pieces.reader, types, limits.maxNodes - this.#nodes);
    if (frame === undefined) return null;
    if (this.#frames.length >= limits.maxDepth) throw oversizedGob(`nested deeper than ${limits.maxDepth}`);
    this.#frames.push(frame);
    return undefined;
  }

  #close(value: GobValue): void {
    this.#frames.pop();
    const outer = this.#frames.at(-1);
    if (outer === undefined) this.#done = { value };
    else addToFrame(outer, value);
  }
}

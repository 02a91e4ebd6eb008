import { ByteReader } from "./byte-reader.ts";
import { readGoTime } from "./go-time.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";
import type { GobValue } from "./gob-value.ts";
import { defaultGobLimits, type GobLimits } from "./limits.ts";
import { MessageQueue } from "./message-queue.ts";
import type { OpaqueReaders } from "./read-scalar.ts";
import { TypeTable } from "./type-table.ts";
import { type ReadProgress, type ReadValue, ValueReader } from "./value-reader.ts";

/** What a {@link GobDecoder} is set up with. */
export interface GobDecoderOptions extends Partial<GobLimits> {
  /** Readers of opaque types; those of times if left out. */
  readonly opaque?: OpaqueReaders;
}

/**
 * time.Time, and the types of k8s.io/apimachinery that embed it: metav1.Time and
 * metav1.MicroTime. Where the stream tells no name the bytes come as they are:
 * see goTimeOfValue.
 */
const timeReaders: OpaqueReaders = new Map([
  ["Time", readGoTime],
  ["MicroTime", readGoTime],
]);

/** Takes some milliseconds at most, whatever the values are. */
const nodesATurn = 10_000;

/**
 * Decodes a stream of gobs, which "is self-describing": what comes out is made
 * from the type definitions on the wire, so that a field this program does not
 * know is simply another key of an object, and one that is not sent is absent.
 *
 * After an error the decoder gives that error again for whatever comes.
 */
export class GobDecoder {
  readonly #limits: GobLimits;
  readonly #opaque: OpaqueReaders;
  readonly #queue: MessageQueue;
  readonly #types: TypeTable;
  /** The message under way, if reading paused in it. */
  #message: ByteReader | undefined;
  /** The value under way, if a message ended or reading paused inside it, and the bytes it has taken. */
  #unfinished: ValueReader | undefined;
  #valueBytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor({ opaque = timeReaders, ...limits }: GobDecoderOptions = {}) {
    this.#limits = { ...defaultGobLimits, ...limits };
    this.#opaque = opaque;
    this.#queue = new MessageQueue(this.#limits.maxMessageBytes);
    this.#types = new TypeTable(this.#limits);
  }

  /**
   * Takes the next bytes of the stream and yields the values they complete. The
   * bytes are copied at once; values that are not taken from one call's
   * generator come from the next one's.
   *
   * @throws CoalmineError invalid-request if the stream is malformed, too-large
   *   if it is over a limit; while iterating.
   */
  push(chunk: Uint8Array): Generator<GobValue> {
    this.#append(chunk);
    return this.#values();
  }

  /**
   * As {@link push}, in turns of some milliseconds: a large value does not hold
   * up whatever else there is to do.
   *
   * @param turn waits while others have theirs.
   */
  pushInTurns(chunk: Uint8Array, turn: () => Promise<unknown>): AsyncGenerator<GobValue> {
    this.#append(chunk);
    return this.#valuesInTurns(turn);
  }

  /** Says that the stream is over. @throws CoalmineError invalid-request if it stops inside a value. */
  end(): void {
    if (!this.#queue.isBetweenMessages || this.#unfinished !== undefined)
      throw malformedGob("the stream ends inside a value");
  }

  #append(chunk: Uint8Array): void {
    if (this.#failure === undefined) this.#queue.append(chunk);
  }

  *#values(): Generator<GobValue> {
    for (let read = this.#readNext(); read !== undefined; read = this.#readNext())
      if (read !== "pause") yield read.value;
  }

  async *#valuesInTurns(turn: () => Promise<unknown>): AsyncGenerator<GobValue> {
    for (let read = this.#readNext(); read !== undefined; read = this.#readNext()) {
      if (read === "pause") await turn();
      else yield read.value;
    }
  }

  #readNext(): ReadValue | "pause" | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      for (;;) {
        const progress = this.#progress();
        if (progress !== "message over") return progress;
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** Reads on in the message under way, or in the next one; undefined if it is not all there yet. */
  #progress(): ReadProgress | undefined {
    if (this.#message !== undefined && this.#unfinished !== undefined)
      return this.#leaveMessage(this.#message, this.#unfinished.resume());
    const message = this.#queue.next();
    if (message === undefined) return undefined;
    const reader = new ByteReader(message);
    return this.#leaveMessage(reader, this.#enterMessage(reader));
  }

  /** A message defines a type, or holds a value or a part of one. */
  #enterMessage(reader: ByteReader): ReadProgress {
    this.#valueBytes += reader.remaining;
    if (this.#valueBytes > this.#limits.maxMessageBytes)
      throw oversizedGob(`value of ${this.#valueBytes} bytes, at most ${this.#limits.maxMessageBytes}`);
    return this.#unfinished === undefined ? this.#begin(reader) : this.#unfinished.enter(reader);
  }

  #begin(reader: ByteReader): ReadProgress {
    const id = reader.typeId();
    if (id < 0) {
      this.#types.define(-id, reader);
      return "message over";
    }
    this.#unfinished = new ValueReader({
      types: this.#types,
      limits: this.#limits,
      opaque: this.#opaque,
      nodesATurn,
    });
    return this.#unfinished.start(id, reader);
  }

  #leaveMessage(reader: ByteReader, progress: ReadProgress): ReadProgress {
    this.#message = progress === "pause" ? reader : undefined;
    if (progress === "pause") return progress;
    if (reader.remaining > 0) throw malformedGob(`${reader.remaining} bytes too many in a message`);
    if (progress !== "message over") this.#unfinished = undefined;
    if (this.#unfinished === undefined) this.#valueBytes = 0;
    return progress;
  }
}

/** Go's net/rpc client on a stream, as far as tests need it. */
import type { Duplex } from "node:stream";
import { type GoType, goString, goUint, type StructType } from "../../src/wire/gob/go-type.ts";
import { GobDecoder } from "../../src/wire/gob/gob-decoder.ts";
import { GobEncoder } from "../../src/wire/gob/gob-encoder.ts";
import type { GobValue } from "../../src/wire/gob/gob-value.ts";

const requestType: StructType = {
  kind: "struct",
  name: "rpc.Request",
  fields: [
    ["ServiceMethod", goString],
    ["Seq", goUint],
  ],
};

/** Makes calls; each waits for its own answer. */
export class RpcClient {
  readonly stream: Duplex;
  readonly #encoder = new GobEncoder();
  readonly #decoder = new GobDecoder();
  readonly #pending = new Map<unknown, PromiseWithResolvers<GobValue>>();
  #seq = 0;
  #header: Record<string, unknown> | null = null;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on("data", (chunk: Buffer) => {
      for (const value of this.#decoder.push(chunk)) this.#receive(value);
    });
    stream
      .on("error", () => {})
      .on("close", () => this.#end())
      .on("end", () => this.#end());
  }

  /** The reply. @throws Error what the server says went wrong, or that the stream ended. */
  call(serviceMethod: string, type: GoType, args: GobValue): Promise<GobValue> {
    const pending = Promise.withResolvers<GobValue>();
    this.#pending.set(this.#seq, pending);
    const header = this.#encoder.encode(requestType, { ServiceMethod: serviceMethod, Seq: this.#seq });
    this.stream.write(Buffer.concat([header, this.#encoder.encode(type, args)]));
    this.#seq += 1;
    return pending.promise;
  }

  #receive(value: GobValue): void {
    if (this.#header === null) {
      this.#header = Object.fromEntries(Object.entries(value ?? {}));
      return;
    }
    const { Seq: seq = 0, Error: error } = this.#header;
    this.#header = null;
    const pending = this.#pending.get(seq);
    this.#pending.delete(seq);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new Error(String(error)));
  }

  #end(): void {
    for (const pending of this.#pending.values()) pending.reject(new Error("unexpected EOF"));
    this.#pending.clear();
  }
}

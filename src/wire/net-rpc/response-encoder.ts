import type { GoType } from "../gob/go-type.ts";
import { GobEncoder } from "../gob/gob-encoder.ts";
import type { GobValue } from "../gob/gob-value.ts";
import { emptyStruct, type RpcRequest, responseType } from "./rpc-message.ts";

/** Writes the answers of one stream, a header and a body in one piece; they must be sent in the order of the calls. */
export class ResponseEncoder {
  #encoder = new GobEncoder();
  #isFirst = true;

  /** @throws TypeError, RangeError if `value` is not of the type; that has no effect on the stream. */
  reply(request: RpcRequest, type: GoType, value: GobValue): Uint8Array {
    return this.#response(request, "", type, value);
  }

  /** @param text Not empty, for that would be success. */
  error(request: RpcRequest, text: string): Uint8Array {
    return this.#response(request, text, emptyStruct, {});
  }

  #response({ serviceMethod, seq }: RpcRequest, error: string, type: GoType, value: GobValue): Uint8Array {
    // What is thrown away of a first answer takes the header's definition with it.
    if (this.#isFirst) this.#encoder = new GobEncoder();
    const header = this.#encoder.encode(responseType, {
      ServiceMethod: serviceMethod,
      Seq: seq,
      Error: error,
    });
    const body = this.#encoder.encode(type, value);
    this.#isFirst = false;
    return Buffer.concat([header, body]);
  }
}

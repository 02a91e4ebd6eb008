/** A service whose methods answer bytes with bytes, whoever carries them. */
import { unreadableMessage } from "../../../base/unreadable-message.ts";
import type { ServiceMethod } from "./contract.ts";

/** @template Asker what is known of who asks. */
export interface PluginService<Asker> {
  /** As in `coalmine.v1.MetricPluginService`. */
  readonly name: string;
  readonly methods: readonly BytesMethod<Asker>[];
}

export interface BytesMethod<Asker> {
  /** As HTTP/2 has it. */
  readonly path: string;
  /**
   * @throws CoalmineError invalid-request or too-large for what cannot be read,
   *   forbidden for what the asker may not; anything else is a fault of ours.
   */
  answer(request: Buffer, asker: Asker): Promise<Buffer>;
}

/** A method as a function of its messages. */
export function bytesMethod<Request, Response, Asker>(
  method: ServiceMethod<Request, Response>,
  handle: (request: Request, asker: Asker) => Response | Promise<Response>,
): BytesMethod<Asker> {
  return {
    path: method.path,
    answer: async (bytes, asker) =>
      method.encodeResponse(await handle(decoded(method.decodeRequest, bytes), asker)),
  };
}

function decoded<Request>(decode: (bytes: Buffer) => Request, bytes: Buffer): Request {
  try {
    return decode(bytes);
  } catch (error) {
    throw unreadableMessage(error);
  }
}

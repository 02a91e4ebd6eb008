import { setMaxListeners } from "node:events";
import type { Duplex } from "node:stream";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { CoalmineError } from "../../base/errors.ts";
import { GobDecoder } from "../gob/gob-decoder.ts";
import type { GobValue } from "../gob/gob-value.ts";
import { errorText } from "./error-text.ts";
import { ResponseEncoder } from "./response-encoder.ts";
import { type RpcRequest, readRequest } from "./rpc-message.ts";
import { findMethod, type RpcServices } from "./rpc-method.ts";

/** What one client may cost. */
export interface RpcLimits {
  /**
   * Bytes of a call's arguments; a client that sends more is told so and heard
   * no further.
   */
  readonly maxMessageBytes: number;
  /** Calls that are not answered yet; more wait in the stream. */
  readonly maxCalls: number;
}

/** A Kubernetes object is 3 MB at most; a controller makes some dozens of calls at once. */
export const defaultRpcLimits: RpcLimits = { maxMessageBytes: 16 * 1024 * 1024, maxCalls: 256 };

/** Calls that are taken in one go: a chunk of the stream may hold thousands. */
const callsATurn = 32;

/** How a stream is served. */
export interface ServeRpcOptions extends Partial<RpcLimits> {
  /** Aborts when the connection under the stream has gone, which the stream itself tells only a reader. */
  readonly signal?: AbortSignal;
}

/**
 * Serves Go's net/rpc on a stream, as `ServeConn` of its server.go does: calls
 * are handled as they come and answered as they are done.
 *
 * When the client ends the stream, the signals of calls under way abort; when
 * they have settled the stream is ended and the promise resolves.
 *
 * @throws CoalmineError invalid-request if the client sends what is no request,
 *   too-large if it sends too much, source-unavailable if the stream is lost;
 *   also only after calls under way have settled.
 */
export async function serveRpc(
  stream: Duplex,
  services: RpcServices,
  options: ServeRpcOptions = {},
): Promise<void> {
  const { signal, ...limits } = options;
  await new RpcStream(stream, services, { ...defaultRpcLimits, ...limits }, signal).serve();
}

class RpcStream {
  readonly #stream: Duplex;
  readonly #services: RpcServices;
  readonly #maxCalls: number;
  readonly #decoder: GobDecoder;
  readonly #responses = new ResponseEncoder();
  readonly #clientGone = new AbortController();
  /** Resolves when the connection has gone, while nobody reads. */
  readonly #gone: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #calls = new Set<Promise<void>>();
  #callsTaken = 0;
  /** The header whose body has not come yet. */
  #request: RpcRequest | null = null;

  constructor(stream: Duplex, services: RpcServices, limits: RpcLimits, signal: AbortSignal | undefined) {
    // Whoever reads hears of it, and a write that failed is an answer nobody takes.
    this.#stream = stream.on("error", () => {});
    this.#services = services;
    this.#maxCalls = limits.maxCalls;
    this.#decoder = new GobDecoder({ maxMessageBytes: limits.maxMessageBytes });
    const gone = this.#clientGone.signal;
    this.#signal = signal === undefined ? gone : AbortSignal.any([signal, gone]);
    // Every call may listen to it.
    setMaxListeners(0, this.#signal);
    this.#gone = new Promise((resolve) => this.#signal.addEventListener("abort", () => resolve()));
  }

  async serve(): Promise<void> {
    try {
      await this.#read();
    } catch (thrown) {
      const fault = lost(thrown);
      if (this.#request !== null) await this.#send(this.#responses.error(this.#request, errorText(fault)));
      throw fault;
    } finally {
      this.#clientGone.abort();
      await Promise.all(this.#calls);
      // Not destroyed: that would take the last answers from a Go client's hands.
      this.#stream.resume().end();
    }
  }

  async #read(): Promise<void> {
    for await (const chunk of this.#stream.iterator({ destroyOnReturn: false })) {
      for await (const value of this.#decoder.pushInTurns(chunk, turnOfEventLoop)) {
        await this.#take(value);
        if (this.#signal.aborted) return;
      }
    }
    this.#decoder.end();
  }

  async #take(value: GobValue): Promise<void> {
    const request = this.#request;
    if (request === null) {
      this.#request = readRequest(value);
      return;
    }
    this.#request = null;
    const call = this.#answer(request, value).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
    this.#callsTaken += 1;
    if (this.#callsTaken % callsATurn === 0) await turnOfEventLoop();
    if (this.#calls.size >= this.#maxCalls) await Promise.race([...this.#calls, this.#gone]);
  }

  async #answer(request: RpcRequest, args: GobValue): Promise<void> {
    try {
      const method = findMethod(this.#services, request.serviceMethod);
      if (typeof method === "string") throw new CoalmineError("not-found", method);
      const value = await method.handle(args, this.#signal);
      await this.#send(this.#responses.reply(request, method.reply, value));
    } catch (thrown) {
      await this.#send(this.#responses.error(request, errorText(thrown)));
    }
  }

  /** Resolves when the bytes are on their way or nobody takes them any more; a call is under way until then. */
  async #send(bytes: Uint8Array): Promise<void> {
    if (!this.#stream.writable) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.write(bytes, () => resolve());
    await promise;
  }
}

/** Whatever ended the reading: errors of a stream itself have no code of ours. */
function lost(thrown: unknown): CoalmineError {
  if (thrown instanceof CoalmineError) return thrown;
  return new CoalmineError("source-unavailable", `net/rpc: the stream was lost: ${errorText(thrown)}`, {
    cause: thrown,
  });
}

/** One method on the wire: bytes in, a handler of messages, bytes or a status out. */
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  ServerUnaryCall,
  ServerWritableStream,
} from "@grpc/grpc-js";
import { CoalmineError } from "../../base/errors.ts";
import { unreadableMessage } from "../../base/unreadable-message.ts";
import type { Method } from "./contract.ts";
import { statusOf } from "./status-of.ts";

/** What stands between a handler and the wire. */
export interface CallOptions<Context> {
  contextOf(
    call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>,
    gone: AbortSignal,
  ): Context;
  /** A longer request is told as too-large before it is decoded, which makes many times its bytes of it. */
  readonly maxRequestBytes: number;
  /** A longer answer is told as too-large. */
  readonly maxMessageBytes: number;
  /** Is told what a call failed by. */
  failed(path: string, thrown: unknown): void;
}

/** What is known of a method before its messages. */
type MethodPlace = Pick<Method<never, never>, "path" | "streams">;

/** How grpc-js is to treat a method: its bytes are read and written where the handler is called, so that faults of either get a status of ours. */
export function definitionOf({ path, streams }: MethodPlace): MethodDefinition<Buffer, Buffer> {
  const asItIs = (bytes: Buffer) => bytes;
  return {
    path,
    requestStream: false,
    responseStream: streams,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
}

/** @param handle answers one message. */
export function serveUnary<Request, Response, Context>(
  method: Method<Request, Response>,
  options: CallOptions<Context>,
  handle: (request: Request, context: Context) => Promise<Response>,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const { gone, answered } = waitingFor(call);
    const answer = async () => {
      const context = options.contextOf(call, gone);
      return encode(
        method,
        await handle(decode(method, call.request, options), context),
        options.maxMessageBytes,
      );
    };
    answer().then(
      (bytes) => {
        answered();
        callback(null, bytes);
      },
      (thrown: unknown) => {
        if (gone.aborted) return;
        options.failed(method.path, thrown);
        callback(statusOf(thrown));
      },
    );
  };
}

/** @param handle answers messages one by one; the next is asked for when the one before has left, so that a slow reader misses some instead of being sent all of them late. */
export function serveStream<Request, Response, Context>(
  method: Method<Request, Response>,
  options: CallOptions<Context>,
  handle: (request: Request, context: Context) => AsyncIterable<Response>,
): handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { gone, answered } = waitingFor(call);
    const answer = async () => {
      const context = options.contextOf(call, gone);
      for await (const message of handle(decode(method, call.request, options), context)) {
        await send(call, encode(method, message, options.maxMessageBytes), gone);
      }
    };
    answer().then(
      () => {
        answered();
        call.end();
      },
      (thrown: unknown) => {
        if (gone.aborted) return;
        options.failed(method.path, thrown);
        call.emit("error", statusOf(thrown));
      },
    );
  };
}

/** Whether somebody waits for a call. */
interface Waiting {
  /** Aborts when nobody does any more. */
  readonly gone: AbortSignal;
  /** grpc-js tells of the end of every call as of one that was cancelled: what was answered is not. */
  answered(): void;
}

function waitingFor(call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>): Waiting {
  const controller = new AbortController();
  const abort = () => controller.abort(new Error("the call was cancelled, or its deadline has passed"));
  if (call.cancelled) abort();
  else call.once("cancelled", abort);
  return { gone: controller.signal, answered: () => void call.off("cancelled", abort) };
}

/** @throws the signal's reason: of a call that is gone grpc-js tells no more. */
async function send(call: ServerWritableStream<Buffer, Buffer>, bytes: Buffer, gone: AbortSignal) {
  gone.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(gone.reason);
  gone.addEventListener("abort", stop, { once: true });
  call.write(bytes, (error: Error | null | undefined) => (error ? reject(error) : resolve()));
  try {
    await promise;
  } finally {
    gone.removeEventListener("abort", stop);
  }
}

function decode<Request>(
  { decode: read }: Pick<Method<Request, never>, "decode">,
  bytes: Buffer,
  { maxRequestBytes }: Pick<CallOptions<never>, "maxRequestBytes">,
): Request {
  if (bytes.length > maxRequestBytes) {
    const message = `the message of ${bytes.length} bytes is over the limit of ${maxRequestBytes} for this method`;
    throw new CoalmineError("too-large", message);
  }
  try {
    return read(bytes);
  } catch (error) {
    throw unreadableMessage(error);
  }
}

function encode<Response>(
  { encode: write }: Pick<Method<never, Response>, "encode">,
  message: Response,
  maxBytes: number,
): Buffer {
  const bytes = write(message);
  if (bytes.length <= maxBytes) return bytes;
  throw new CoalmineError(
    "too-large",
    `the answer of ${bytes.length} bytes is over the limit of ${maxBytes}; ask for less, or raise grpc.maxMessageBytes in the settings`,
  );
}

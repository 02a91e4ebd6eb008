import type { handleUnaryCall, MethodDefinition, StatusObject } from "@grpc/grpc-js";
import type { GrpcService } from "./grpc-plugin-options.ts";

/** A method whose messages are read and written by whoever has it. */
export interface BytesMethod {
  /** As HTTP/2 has it: `/sample.Echo/Echo`. */
  readonly path: string;
  /**
   * @param gone aborts when nobody waits for the answer any more.
   * @throws whatever `statusOf` can tell.
   */
  answer(request: Buffer, gone: AbortSignal): Promise<Buffer>;
}

/** @param statusOf what the host is told of what a method threw; never throws itself. */
export function bytesService(
  methods: readonly BytesMethod[],
  statusOf: (thrown: unknown) => Partial<StatusObject>,
): GrpcService {
  return {
    definition: Object.fromEntries(methods.map(({ path }) => [path, definitionOf(path)])),
    implementation: Object.fromEntries(methods.map((method) => [method.path, serve(method, statusOf)])),
  };
}

function definitionOf(path: string): MethodDefinition<Buffer, Buffer> {
  const asItIs = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
}

function serve(
  { answer }: BytesMethod,
  statusOf: (thrown: unknown) => Partial<StatusObject>,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const gone = new AbortController();
    const abort = (): void => gone.abort(new Error("the call was cancelled, or its deadline has passed"));
    if (call.cancelled) abort();
    else call.once("cancelled", abort);
    const answered = async (): Promise<Buffer> => answer(call.request, gone.signal);
    answered().then(
      (bytes) => {
        // grpc-js tells of the end of every call as of one that was cancelled.
        call.off("cancelled", abort);
        callback(null, bytes);
      },
      (thrown: unknown) => callback(statusOf(thrown)),
    );
  };
}

/** A call of the gRPC server from its bytes to its answer, without a wire. */
import { EventEmitter } from "node:events";
import type { StatusObject } from "@grpc/grpc-js";
import { analysisHandlers, type CallContext } from "../../../src/adapters/grpc/analysis-methods.ts";
import { loadMethods } from "../../../src/adapters/grpc/contract.ts";
import type { AnalysisService } from "../../../src/adapters/grpc/messages.ts";
import { type CallOptions, serveStream, serveUnary } from "../../../src/adapters/grpc/serve-method.ts";
import type { CallerAnalyses } from "../../../src/analysis/restricted-analyses.ts";
import { recordOf } from "../../support/sample-record.ts";
import { judgeGiven } from "./judge-given.ts";

/** Of the contract, as the server reads it. */
export const methods = await loadMethods();

/** Clients of gRPC's C core drop a call whose trailers are over 8 KiB; base64 adds a third. */
const mostTrailerBytes = 8 * 1024;

const maxMessageBytes = 4 * 1024 * 1024;

/** Answers as the server does, over analyses that are all there and never ask a source. Throws what the call was refused for. */
export async function answerCall(name: keyof AnalysisService, bytes: Buffer): Promise<void> {
  let refusal: unknown = null;
  const options: CallOptions<CallContext> = {
    contextOf: (_call, gone) => ({ analyses, gone }),
    maxRequestBytes: maxMessageBytes,
    maxMessageBytes,
    failed: (_path, thrown) => {
      refusal = thrown;
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<Pick<
    StatusObject,
    "details" | "metadata"
  > | null>();
  const call = Object.assign(new EventEmitter(), {
    request: bytes,
    cancelled: false,
    write: (_answer: Buffer, done: () => void) => done(),
    end: () => resolve(null),
  });
  call.once("error", resolve);
  try {
    // grpc-js calls with more than handlers of ours ask for.
    if (name === "Watch") serveStream(methods.Watch, options, analysisHandlers.Watch)(Object(call));
    else unary(name, options)(Object(call), (status) => resolve(Object(status)));
  } catch (error) {
    reject(error);
  }
  const status = await promise;
  if (refusal === null) return;
  if (status === null) throw new Error("a call that was refused was answered");
  const details = status.metadata.get("grpc-status-details-bin").map((value) => value.length);
  const length = encodeURI(status.details).length + (details[0] ?? 0) * (4 / 3);
  if (length > mostTrailerBytes) throw new Error(`the trailers have ${length} bytes`);
  throw refusal;
}

function unary(name: Exclude<keyof AnalysisService, "Watch">, options: CallOptions<CallContext>) {
  switch (name) {
    case "Start":
      return serveUnary(methods.Start, options, analysisHandlers.Start);
    case "Get":
      return serveUnary(methods.Get, options, analysisHandlers.Get);
    case "List":
      return serveUnary(methods.List, options, analysisHandlers.List);
    case "Cancel":
      return serveUnary(methods.Cancel, options, analysisHandlers.Cancel);
    case "Judge":
      return serveUnary(methods.Judge, options, analysisHandlers.Judge);
  }
}

const record = recordOf("id", { phase: "done" });
const analyses: CallerAnalyses = {
  start: async (spec) => recordOf("id", { spec }),
  put: async (key, spec) => ({ record: recordOf("id", { key, spec }), created: true }),
  adopt: async () => record,
  setWeight: () => undefined,
  get: async () => record,
  list: async () => [record],
  looks: async () => [],
  cancel: async () => record,
  async *watch() {
    yield record.result;
  },
  judge: async (request) => judgeGiven(request) ?? record.result,
};

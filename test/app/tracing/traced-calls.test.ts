import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { expect, it, onTestFinished } from "vitest";
import { tracedCalls } from "../../../src/app/tracing/traced-calls.ts";
import { stageTracing } from "./stage.ts";

const path = "/coalmine.v1.AnalysisService/Get";
const traceId = "0af7651916cd43dd8448eb211c80319c";
const asIs = (text: Buffer) => text;

/** A server of one method, whose answer is the trace that its handler runs in; it knows nothing of an empty request. */
async function serve() {
  const stage = await stageTracing();
  const server = new Server({ interceptors: [tracedCalls(stage.tracing, stage.ambient)] });
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  server.addService(
    { Get: method },
    {
      Get(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
        const within = String(stage.ambient.logFields()["trace_id"]);
        if (call.request.length > 0) answer(null, Buffer.from(within));
        else answer({ code: status.INTERNAL, details: "geheim" });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, given: number) => (error === null ? resolve(given) : reject(error));
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), bound);
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const ask = (request: string) => {
    const metadata = new Metadata();
    metadata.set("traceparent", `00-${traceId}-b7ad6b7169203331-01`);
    metadata.set("authorization", "Bearer geheim");
    return new Promise<string>((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), metadata, (error, answer) =>
        error === null ? resolve(String(answer)) : reject(error),
      );
    });
  };
  return { ...stage, ask };
}

it("makes a call over gRPC a span of its caller's trace, which its handler runs in", async () => {
  const { ask, receiver, received } = await serve();
  expect(await ask("a")).toBe(traceId);
  expect(await received()).toMatchObject([
    {
      name: "coalmine.v1.AnalysisService/Get",
      kind: 2,
      status: 0,
      traceId,
      parentSpanId: "b7ad6b7169203331",
      attributes: { "rpc.system.name": "grpc", "rpc.response.status_code": "OK" },
    },
  ]);
  expect(receiver.text).not.toContain("geheim");
});

it("writes down what the server is at fault for, by its status alone", async () => {
  const { ask, receiver, received } = await serve();
  await expect(ask("")).rejects.toMatchObject({ code: status.INTERNAL });
  expect(await received()).toMatchObject([
    { status: 2, attributes: { "rpc.response.status_code": "INTERNAL" } },
  ]);
  expect(receiver.text).not.toContain("geheim");
});

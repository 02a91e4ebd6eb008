/** A go-plugin host over gRPC, as far as tests need it. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";
import {
  Client,
  type ClientReadableStream,
  credentials,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../../src/app/system-clock.ts";
import {
  definitions,
  type HealthStatus,
  type StdioData,
} from "../../../../src/wire/go-plugin/grpc/definitions.ts";
import { createSession } from "../../../../src/wire/yamux/session.ts";
import { type EchoRequest, type EchoResponse, echoDefinition } from "./echo-service.ts";

const limits = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** @param target as grpc-js names it: `unix:/path`, `127.0.0.1:50051`. */
export function connectGrpc(target: string) {
  const client = new Client(target, credentials.createInsecure(), limits);
  onTestFinished(() => client.close());
  return {
    close: () => client.close(),
    echo: (request: Partial<EchoRequest>) =>
      unary<EchoResponse>(client, methodOf(echoDefinition, "Echo"), request),
    check: (service: string) =>
      unary<HealthStatus>(client, methodOf(definitions.health, "Check"), { service }),
    shutdown: () => unary<object>(client, methodOf(definitions.controller, "Shutdown"), {}),
    watch: (service: string) =>
      serverStream<HealthStatus>(client, methodOf(definitions.health, "Watch"), { service }),
    stdio: () => serverStream<StdioData>(client, methodOf(definitions.stdio, "StreamStdio"), {}),
    broker() {
      const { path, requestSerialize, responseDeserialize } = methodOf(definitions.broker, "StartStream");
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      return stream.on("error", () => {});
    },
  };
}

/** The target of a plugin whose host has one connection for all: every connection to it is a stream of that one. */
export async function throughOneConnection(path: string): Promise<string> {
  const socket = connect(path);
  const session = createSession(socket, { role: "client", clock: systemClock, keepaliveIntervalMs: null });
  session.closed.catch(() => {});
  const server = createServer((client) => {
    const stream = session.openStream();
    pipeline(client, stream, client, () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port wanted");
  return `127.0.0.1:${address.port}`;
}

type Method = MethodDefinition<unknown, unknown>;

function methodOf(service: ServiceDefinition, name: string): Method {
  const method = service[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

/** @throws ServiceError as the plugin has it. */
function unary<Response>(client: Client, method: Method, request: unknown): Promise<Response> {
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    const deserialize = (bytes: Buffer) => responseDeserialize(bytes) as Response;
    const answer = (error: ServiceError | null, response?: Response) =>
      response === undefined ? reject(error) : resolve(response);
    client.makeUnaryRequest(path, requestSerialize, deserialize, request, answer);
  });
}

function serverStream<Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: Method,
  request: unknown,
): ClientReadableStream<Response> {
  const deserialize = (bytes: Buffer) => responseDeserialize(bytes) as Response;
  const stream = client.makeServerStreamRequest(path, requestSerialize, deserialize, request);
  // A test that ends before its stream does cancels it.
  stream.on("error", () => {});
  return stream;
}

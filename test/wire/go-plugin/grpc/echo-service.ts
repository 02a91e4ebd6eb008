/** A service to call a plugin's with: it echoes, prints and waits. */
import type { handleUnaryCall, ServiceDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { GrpcService } from "../../../../src/wire/go-plugin/index.ts";

export interface EchoRequest {
  readonly text: string;
  readonly payload: Uint8Array;
  /** Printed before the answer. */
  readonly stdout: string;
  readonly stderr: string;
  /** Said to the logger before the answer. */
  readonly log: string;
  /** It is never answered. */
  readonly hang: boolean;
  /** It is answered when the process is told to end. */
  readonly untilSigterm: boolean;
}

export interface EchoResponse {
  readonly text: string;
  readonly payload: Uint8Array;
  readonly pid: number;
}

const requestFields = {
  text: { type: "string", id: 1 },
  payload: { type: "bytes", id: 2 },
  stdout: { type: "string", id: 3 },
  stderr: { type: "string", id: 4 },
  log: { type: "string", id: 5 },
  hang: { type: "bool", id: 6 },
  untilSigterm: { type: "bool", id: 7 },
};
const responseFields = {
  text: { type: "string", id: 1 },
  payload: { type: "bytes", id: 2 },
  pid: { type: "int32", id: 3 },
};
const sample = {
  EchoRequest: { fields: requestFields },
  EchoResponse: { fields: responseFields },
  Echo: {
    methods: { Echo: { requestType: "EchoRequest", responseType: "EchoResponse", comment: "" } },
  },
};

export const echoDefinition: ServiceDefinition = serviceOf("sample.Echo");

export function echoService(log: (text: string) => void = () => {}): GrpcService {
  const echo: handleUnaryCall<EchoRequest, EchoResponse> = ({ request }, callback) => {
    if (request.stdout !== "") process.stdout.write(request.stdout);
    if (request.stderr !== "") process.stderr.write(request.stderr);
    if (request.log !== "") log(request.log);
    const answer = () => callback(null, { text: request.text, payload: request.payload, pid: process.pid });
    if (request.untilSigterm) process.once("SIGTERM", answer);
    else if (!request.hang) answer();
  };
  return { definition: echoDefinition, implementation: { Echo: echo } };
}

function serviceOf(name: string): ServiceDefinition {
  const loaded = fromJSON({ nested: { sample: { nested: sample } } }, { defaults: true });
  const service = loaded[name];
  if (service === undefined || "format" in service) throw new TypeError(`no service ${name}`);
  return service;
}

/** The services that every plugin over gRPC has, by the messages of go-plugin's internal/plugin/*.proto and of grpc.health.v1. */
import type { ServiceDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";

/** How one end tells the other where to connect for the broker's number `serviceId`, or that it is about to. */
export interface ConnInfo {
  readonly serviceId: number;
  readonly network: string;
  readonly address: string;
  /** Only where all connections are in one: "I am about to open a stream for this number", and its answer. */
  readonly knock: Knock | null;
}

export interface Knock {
  readonly knock: boolean;
  /** Whether this is the answer. */
  readonly ack: boolean;
  /** Of an answer: why not to open it; empty for "do". */
  readonly error: string;
}

/** A chunk of what was printed. */
export interface StdioData {
  readonly channel: "STDOUT" | "STDERR";
  readonly data: Uint8Array;
}

/** Whether a service is there to be called. */
export interface HealthStatus {
  readonly status: "SERVING" | "SERVICE_UNKNOWN";
}

const field = (type: string, id: number) => ({ type, id });
const unary = (requestType: string, responseType: string) => ({ requestType, responseType, comment: "" });
const answersStream = (requestType: string, responseType: string) => ({
  ...unary(requestType, responseType),
  responseStream: true,
});

const plugin = {
  Empty: { fields: {} },
  ConnInfo: {
    fields: {
      serviceId: field("uint32", 1),
      network: field("string", 2),
      address: field("string", 3),
      knock: field("Knock", 4),
    },
    nested: {
      Knock: { fields: { knock: field("bool", 1), ack: field("bool", 2), error: field("string", 3) } },
    },
  },
  StdioData: {
    fields: { channel: field("Channel", 1), data: field("bytes", 2) },
    nested: { Channel: { values: { INVALID: 0, STDOUT: 1, STDERR: 2 } } },
  },
  GRPCBroker: {
    methods: { StartStream: { ...answersStream("ConnInfo", "ConnInfo"), requestStream: true } },
  },
  GRPCController: { methods: { Shutdown: unary("Empty", "Empty") } },
  // google.protobuf.Empty there, which has no bytes either.
  GRPCStdio: { methods: { StreamStdio: answersStream("Empty", "StdioData") } },
};

/** Not grpc-health-check: it reads a file beside it, which a program in one file has not. */
const health = {
  HealthCheckRequest: { fields: { service: field("string", 1) } },
  HealthCheckResponse: {
    fields: { status: field("ServingStatus", 1) },
    nested: { ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } } },
  },
  Health: {
    methods: {
      Check: unary("HealthCheckRequest", "HealthCheckResponse"),
      Watch: answersStream("HealthCheckRequest", "HealthCheckResponse"),
    },
  },
};

const packages = {
  plugin: { nested: plugin },
  grpc: { nested: { health: { nested: { v1: { nested: health } } } } },
};

const loaded = fromJSON({ nested: packages }, { enums: String, defaults: true });

export const definitions = {
  health: serviceNamed("grpc.health.v1.Health"),
  broker: serviceNamed("plugin.GRPCBroker"),
  controller: serviceNamed("plugin.GRPCController"),
  stdio: serviceNamed("plugin.GRPCStdio"),
};

function serviceNamed(name: string): ServiceDefinition {
  const service = loaded[name];
  // What is no service has a `format`.
  if (service === undefined || "format" in service) throw new TypeError(`no service ${name}`);
  return service;
}

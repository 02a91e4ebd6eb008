import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ProcessOptions } from "../plugin-options.ts";

/**
 * A service that the host calls, as `Server.addService` of @grpc/grpc-js takes
 * it. Its methods tell failures by their callback or their call: what one throws
 * later, in a promise that nobody awaits, ends the process.
 */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** How a program is a plugin that speaks gRPC. */
export interface GrpcPluginOptions extends ProcessOptions {
  /**
   * The services of each protocol version, at least one version. Health,
   * `plugin.GRPCBroker`, `plugin.GRPCController` and `plugin.GRPCStdio` are there
   * by themselves.
   */
  readonly versions: Readonly<Record<number, readonly GrpcService[]>>;
  /** Of one message, both ways; default {@link defaultMaxMessageBytes}. A longer one ends its call as RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes?: number;
}

/** As much as the arguments of a call over net/rpc may be. */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

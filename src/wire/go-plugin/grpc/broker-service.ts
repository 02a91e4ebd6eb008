import type { handleBidiStreamingCall } from "@grpc/grpc-js";
import { type ConnInfo, definitions } from "./definitions.ts";
import { endWith } from "./end-with.ts";
import type { GrpcService } from "./grpc-plugin-options.ts";

/**
 * The broker of a plugin that neither opens connections to its host nor takes
 * further ones: addresses that the host offers are let lie, and who knocks is
 * told at once that nobody is there (grpc_broker.go would let it wait for 5 s).
 * The stream lasts until the host ends it or `closing` aborts, for its end
 * closes the host's broker.
 */
export function brokerService(closing: AbortSignal): GrpcService {
  const startStream: handleBidiStreamingCall<ConnInfo, ConnInfo> = (call) => {
    endWith(closing, call);
    call.on("end", () => call.end());
    call.on("data", ({ serviceId, knock }: ConnInfo) => {
      if (knock?.knock && !knock.ack && call.writable) call.write(nobodyAt(serviceId));
    });
  };
  return { definition: definitions.broker, implementation: { StartStream: startStream } };
}

function nobodyAt(serviceId: number): ConnInfo {
  const error = `no listener for id ${serviceId}: this plugin takes no further connections`;
  return { serviceId, network: "", address: "", knock: { knock: true, ack: true, error } };
}

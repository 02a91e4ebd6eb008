import { type handleServerStreamingCall, type handleUnaryCall, status } from "@grpc/grpc-js";
import { definitions, type HealthStatus } from "./definitions.ts";
import { endWith } from "./end-with.ts";
import type { GrpcService } from "./grpc-plugin-options.ts";

interface HealthQuestion {
  readonly service: string;
}

/** The name that a host asks about to ping its plugin (GRPCServiceName in grpc_server.go); the empty one is the server's. */
const healthy: readonly string[] = ["plugin", ""];

/** grpc.health.v1 of a plugin: as long as it answers it serves. Who watches hears by the end of the stream that `closing` has aborted. */
export function healthService(closing: AbortSignal): GrpcService {
  const check: handleUnaryCall<HealthQuestion, HealthStatus> = ({ request: { service } }, callback) => {
    if (healthy.includes(service)) callback(null, { status: "SERVING" });
    else callback({ code: status.NOT_FOUND, details: `no service ${JSON.stringify(service.slice(0, 200))}` });
  };
  const watch: handleServerStreamingCall<HealthQuestion, HealthStatus> = (call) => {
    call.write({ status: healthy.includes(call.request.service) ? "SERVING" : "SERVICE_UNKNOWN" });
    endWith(closing, call);
  };
  return { definition: definitions.health, implementation: { Check: check, Watch: watch } };
}

import type { handleUnaryCall } from "@grpc/grpc-js";
import { definitions } from "./definitions.ts";
import type { GrpcService } from "./grpc-plugin-options.ts";

/** How a host ends its plugin: it is answered, and `onShutdown` is called. */
export function controllerService(onShutdown: () => void): GrpcService {
  const shutdown: handleUnaryCall<unknown, object> = (_call, callback) => {
    callback(null, {});
    onShutdown();
  };
  return { definition: definitions.controller, implementation: { Shutdown: shutdown } };
}

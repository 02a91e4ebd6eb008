/** Loaded by a plugin whose host speaks gRPC, and by no other. */
import { metricPluginService } from "../../adapters/argo-rollouts/services/metric-plugin-service.ts";
import { stepPluginService } from "../../adapters/argo-rollouts/services/step-plugin-service.ts";
import { statusOf } from "../../adapters/grpc/status-of.ts";
import { CoalmineError, isOwnFault } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { bytesService, type GrpcService } from "../../wire/go-plugin/index.ts";
import type { Providers } from "./providers.ts";

/** MetricPluginService and StepPluginService over the plugin's own providers; the host that started it may ask for anything. */
export function grpcServices({ metric, step }: Providers, logger: Logger): readonly GrpcService[] {
  const told = (thrown: unknown) => {
    if (isOwnFault(CoalmineError.from(thrown).code)) logger.error({ err: thrown }, "a call failed");
    return statusOf(thrown);
  };
  const services = [metricPluginService(() => metric, metric.metadata), stepPluginService(() => step)];
  return services.map(({ methods }) => bytesService(methods, told));
}

/** Argo's metric and step plugin as services of a plugin over gRPC; they answer what they were told (see mirror-providers.ts). */
import { metricPluginService } from "../../../src/adapters/argo-rollouts/services/metric-plugin-service.ts";
import type { PluginService } from "../../../src/adapters/argo-rollouts/services/plugin-service.ts";
import { stepPluginService } from "../../../src/adapters/argo-rollouts/services/step-plugin-service.ts";
import { statusOf } from "../../../src/adapters/grpc/status-of.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import {
  bytesService,
  createHclogLogger,
  type GrpcService,
  serveGrpcPlugin,
} from "../../../src/wire/go-plugin/index.ts";
import { mirrorProviders } from "../argo-host/mirror-providers.ts";

const logger = createHclogLogger({
  module: "mirror",
  write: (line) => process.stderr.write(line),
  now: () => systemClock.now(),
});

/** Whoever started the plugin may do all that it can. */
function served({ methods }: PluginService<"host">): GrpcService {
  const asked = methods.map(({ path, answer }) => ({
    path,
    answer: (request: Buffer) => answer(request, "host"),
  }));
  return bytesService(asked, statusOf);
}

const { metric, step } = mirrorProviders(logger);

await serveGrpcPlugin({
  cookie: { key: "COALMINE_SAMPLE_PLUGIN", value: "sample" },
  versions: {
    1: [served(metricPluginService(() => metric, metric.metadata)), served(stepPluginService(() => step))],
  },
  clock: systemClock,
  logger,
});

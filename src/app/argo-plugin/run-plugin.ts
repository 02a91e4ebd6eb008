import { Worker } from "node:worker_threads";
import { createMetricPlugin } from "../../adapters/argo-rollouts/wire/metric-plugin.ts";
import { createStepPlugin } from "../../adapters/argo-rollouts/wire/step-plugin.ts";
import { createHclogLogger, serveGrpcPlugin, servePlugin } from "../../wire/go-plugin/index.ts";
import { systemClock } from "../system-clock.ts";
import { providersInThread } from "./provider-thread.ts";

/** The variable by which the controller says which of its plugins it wants (argo-rollouts, utils/plugin). */
const cookieKey = "ARGO_ROLLOUTS_RPC_PLUGIN";

/** The controller speaks one version of each plugin's protocol. */
const protocolVersion = 1;

/** Some 1,500 analyses. Beyond it the thread ends and starts again, and not the controller, whose memory limit this is a part of. */
const workerMemory = { maxOldGenerationSizeMb: 768 } as const;

/**
 * Serves the metric or the step plugin, whichever the controller started this
 * program as. Its arguments are {@link loadPluginSettings}' of the worker thread;
 * with `--grpc` among them, it serves both as gRPC services, for hosts that allow
 * that protocol. Argo's controller does not.
 *
 * @param workerFile the program of the worker thread.
 */
export async function runPlugin(workerFile: URL): Promise<never> {
  const logger = createHclogLogger({
    module: "coalmine",
    write: (line) => process.stderr.write(line),
    now: () => systemClock.now(),
  });
  const isStep = process.env[cookieKey] === "step";
  // Its standard output would become the plugin's, which is the host's.
  const startWorker = () =>
    new Worker(workerFile, { argv: process.argv.slice(2), stdout: true, resourceLimits: workerMemory });
  const providers = providersInThread(startWorker, logger);
  const cookie = { key: cookieKey, value: isStep ? "step" : "metricprovider" };
  const program = { cookie, clock: systemClock, logger };
  if (process.argv.includes("--grpc")) {
    const { grpcServices } = await import("./grpc-services.ts");
    return await serveGrpcPlugin({
      ...program,
      versions: { [protocolVersion]: grpcServices(providers, logger) },
    });
  }
  const { metric, step } = providers;
  return await servePlugin({
    ...program,
    versions: {
      [protocolVersion]: isStep
        ? { RpcStepPlugin: createStepPlugin(step, { logger }) }
        : { RpcMetricProviderPlugin: createMetricPlugin(metric, { clock: systemClock, logger }) },
    },
  });
}

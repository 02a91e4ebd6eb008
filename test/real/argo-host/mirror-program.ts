/**
 * A plugin of both kinds that answers what it was told (see mirror-providers.ts),
 * over Coalmine's wire and its reading of the controller's objects.
 */
import { createMetricPlugin } from "../../../src/adapters/argo-rollouts/wire/metric-plugin.ts";
import { createStepPlugin } from "../../../src/adapters/argo-rollouts/wire/step-plugin.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { createHclogLogger, servePlugin } from "../../../src/wire/go-plugin/index.ts";
import { mirrorProviders } from "./mirror-providers.ts";

const logger = createHclogLogger({
  module: "mirror",
  write: (line) => process.stderr.write(line),
  now: () => systemClock.now(),
});

const { metric, step } = mirrorProviders(logger);
const isStep = process.env["ARGO_ROLLOUTS_RPC_PLUGIN"] === "step";
await servePlugin({
  cookie: { key: "ARGO_ROLLOUTS_RPC_PLUGIN", value: isStep ? "step" : "metricprovider" },
  versions: {
    1: isStep
      ? { RpcStepPlugin: createStepPlugin(step, { logger }) }
      : { RpcMetricProviderPlugin: createMetricPlugin(metric, { clock: systemClock, logger }) },
  },
  clock: systemClock,
  logger,
});

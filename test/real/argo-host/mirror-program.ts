/**
 * A plugin of both kinds that answers what it was told, over Coalmine's wire and
 * its reading of the controller's objects, without an analysis behind them. The
 * configuration `{hang: true}` makes it answer never, `{print: true}` print.
 */
import type {
  Measurement,
  MeasurementRequest,
  MetricProvider,
} from "../../../src/adapters/argo-rollouts/metric-provider.ts";
import type {
  StepProvider,
  StepRequest,
  StepResult,
} from "../../../src/adapters/argo-rollouts/step-provider.ts";
import { createMetricPlugin } from "../../../src/adapters/argo-rollouts/wire/metric-plugin.ts";
import { createStepPlugin } from "../../../src/adapters/argo-rollouts/wire/step-plugin.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { createHclogLogger, servePlugin } from "../../../src/wire/go-plugin/index.ts";

const logger = createHclogLogger({
  module: "mirror",
  write: (line) => process.stderr.write(line),
  now: () => systemClock.now(),
});

async function obey(config: string): Promise<void> {
  const { hang, print } = JSON.parse(config || "{}");
  if (print === true) console.log("printed by the plugin");
  if (hang === true) {
    logger.info({}, "hanging");
    await new Promise(() => {});
  }
}

async function measured(
  method: string,
  request: MeasurementRequest,
  before: Measurement | null,
): Promise<Measurement> {
  await obey(request.metric.config);
  return {
    phase: method === "terminate" ? "Inconclusive" : "Running",
    message: method,
    startedAt: Date.UTC(2026, 6, 6, 12, 30, 15),
    finishedAt: method === "terminate" ? Date.UTC(2026, 6, 6, 12, 40, 15) : null,
    resumeAt: method === "terminate" ? null : Date.UTC(2026, 6, 6, 12, 31),
    value: "50",
    metadata: {
      ...before?.metadata,
      told: JSON.stringify({ ...request, before: before && { ...before, metadata: {} } }),
    },
  };
}

const metricProvider: MetricProvider = {
  run: (request) => measured("run", request, null),
  resume: (request, before) => measured("resume", request, before),
  terminate: (request, before) => measured("terminate", request, before),
  async garbageCollect({ run }, limit) {
    throw new Error(`asked to keep ${limit} of ${run.uid}`);
  },
  metadata: ({ config }) => Promise.resolve({ told: config }),
};

async function stepped(method: string, request: StepRequest): Promise<StepResult> {
  await obey(request.config);
  const isRun = method === "run";
  return {
    phase: isRun ? "Running" : "Successful",
    message: method,
    requeueAfterMs: isRun ? 11_000 : 0,
    status: { told: request },
  };
}

const stepProvider: StepProvider = {
  run: (request) => stepped("run", request),
  terminate: (request) => stepped("terminate", request),
  abort: (request) => stepped("abort", request),
};

const isStep = process.env["ARGO_ROLLOUTS_RPC_PLUGIN"] === "step";
await servePlugin({
  cookie: { key: "ARGO_ROLLOUTS_RPC_PLUGIN", value: isStep ? "step" : "metricprovider" },
  versions: {
    1: isStep
      ? { RpcStepPlugin: createStepPlugin(stepProvider, { logger }) }
      : { RpcMetricProviderPlugin: createMetricPlugin(metricProvider, { clock: systemClock, logger }) },
  },
  clock: systemClock,
  logger,
});

/**
 * Providers that answer what they were told, without an analysis behind them. The
 * configuration `{hang: true}` makes one answer never, `{print: true}` print.
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
import type { Logger } from "../../../src/base/logger.ts";

/** @param logger is told when an answer will never come. */
export function mirrorProviders(logger: Logger): {
  readonly metric: MetricProvider;
  readonly step: StepProvider;
} {
  return { metric: metricProvider(logger), step: stepProvider(logger) };
}

async function obey(config: string, logger: Logger): Promise<void> {
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
  logger: Logger,
): Promise<Measurement> {
  await obey(request.metric.config, logger);
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

const metricProvider = (logger: Logger): MetricProvider => ({
  run: (request) => measured("run", request, null, logger),
  resume: (request, before) => measured("resume", request, before, logger),
  terminate: (request, before) => measured("terminate", request, before, logger),
  async garbageCollect({ run }, limit) {
    throw new Error(`asked to keep ${limit} of ${run.uid}`);
  },
  metadata: ({ config }) => Promise.resolve({ told: config }),
});

async function stepped(method: string, request: StepRequest, logger: Logger): Promise<StepResult> {
  await obey(request.config, logger);
  const isRun = method === "run";
  return {
    phase: isRun ? "Running" : "Successful",
    message: method,
    requeueAfterMs: isRun ? 11_000 : 0,
    status: { told: request },
  };
}

const stepProvider = (logger: Logger): StepProvider => ({
  run: (request) => stepped("run", request, logger),
  terminate: (request) => stepped("terminate", request, logger),
  abort: (request) => stepped("abort", request, logger),
});

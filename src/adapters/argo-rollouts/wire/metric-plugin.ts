import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import type { GobStruct, GobValue, Plugin, RpcMethod } from "../../../wire/go-plugin/index.ts";
import type { Measurement, MeasurementRequest, MetricProvider } from "../metric-provider.ts";
import { notedSince, patienceMs } from "../noted-since.ts";
import { commonMethods } from "./common-methods.ts";
import { reportFault } from "./fault.ts";
import { goMeasurement, goRpcError, goTexts } from "./go-types.ts";
import { fieldOf, integerOf, type Located } from "./located.ts";
import { readAnalysisRun } from "./read-analysis-run.ts";
import { readArgs } from "./read-args.ts";
import { readMeasurement } from "./read-measurement.ts";
import { readMetric } from "./read-metric.ts";
import { writeMeasurement, writeTexts } from "./write-measurement.ts";

/** After a fault of ours; the controller waits as long after an error. */
const faultRetryMs = 10_000;

/** What the plugin needs besides its provider. */
export interface MetricPluginOptions {
  readonly clock: Clock;
  /** Hears of faults. */
  readonly logger: Logger;
}

/**
 * The provider as the controller calls it: the methods of metricproviders/plugin/rpc
 * of argo-rollouts, dispensed as `RpcMetricProviderPlugin`.
 *
 * What the provider throws becomes a measurement that stays Running, keeps
 * startedAt and metadata, and is resumed in 10 s: with an RPC error the
 * controller would forget the metadata, and so all evidence. After a fault in
 * `run` the provider's `resume` gets a measurement without metadata but
 * `faultSince`; ten minutes of nothing but faults end it as Inconclusive.
 *
 * Arguments that cannot be read are an RPC error, for they will not be readable
 * the next time either; the controller makes it an Error measurement.
 */
export function createMetricPlugin(provider: MetricProvider, options: MetricPluginOptions): Plugin {
  const { logger } = options;
  const resumed = "TerminateAndResumeArgs";
  return () => ({
    ...commonMethods,
    Run: measuring("RunArgs", "Run", options, (request) => provider.run(request)),
    Resume: measuring(resumed, "Resume", options, (request, before) => provider.resume(request, before)),
    Terminate: measuring(resumed, "Terminate", options, (request, before) =>
      provider.terminate(request, before),
    ),
    GarbageCollect: {
      reply: goRpcError,
      async handle(args) {
        const given = readArgs(args, "GarbageCollectArgs");
        const [request, limit] = [readRequest(given), integerOf(fieldOf(given, "Limit"))];
        try {
          await provider.garbageCollect(request, limit);
          return {};
        } catch (fault) {
          return { ErrorString: reportFault(logger, "GarbageCollect", fault) };
        }
      },
    },
    GetMetadata: {
      reply: goTexts,
      async handle(args) {
        const metric = readMetric(fieldOf(readArgs(args, "GetMetadataArgs"), "Metric"));
        try {
          return writeTexts(await provider.metadata(metric));
        } catch (fault) {
          reportFault(logger, "GetMetadata", fault);
          // Not its text: the metric holds secrets in clear, and what is answered is shown as it is.
          return new Map([["error", "a fault of the coalmine plugin: see the controller's log"]]);
        }
      },
    },
  });
}

type Ask = (request: MeasurementRequest, before: Measurement) => Promise<Measurement>;

/** Run has no measurement before it: an empty one stands for it. */
function measuring(argsName: string, method: string, options: MetricPluginOptions, ask: Ask): RpcMethod {
  const { clock, logger } = options;
  return {
    reply: goMeasurement,
    async handle(args: GobValue): Promise<GobStruct> {
      const given = readArgs(args, argsName);
      const before = readMeasurement(fieldOf(given, "Measurement"));
      const request = readRequest(given);
      try {
        return writeMeasurement(await ask(request, before));
      } catch (fault) {
        const message = reportFault(logger, method, fault);
        return writeMeasurement(afterFault(before, message, clock.now()));
      }
    },
  };
}

function readRequest(args: Located): MeasurementRequest {
  const metric = readMetric(fieldOf(args, "Metric"));
  return { metric, run: readAnalysisRun(fieldOf(args, "AnalysisRun"), metric.name) };
}

/** Any answer of the provider's has no `faultSince`, so the time begins anew after it. */
function afterFault(before: Measurement, message: string, now: number): Measurement {
  const since = notedSince(before.metadata["faultSince"], now);
  // What always fails must end, and may be what ends the thread of all.
  if (now - since > patienceMs) {
    const startedAt = before.startedAt ?? now;
    return { ...before, phase: "Inconclusive", message, startedAt, finishedAt: now, resumeAt: null };
  }
  return {
    ...before,
    metadata: { ...before.metadata, faultSince: new Date(since).toISOString() },
    phase: "Running",
    message: `${message}; asked again in ${faultRetryMs / 1_000} s`,
    startedAt: before.startedAt ?? now,
    finishedAt: null,
    resumeAt: now + faultRetryMs,
  };
}

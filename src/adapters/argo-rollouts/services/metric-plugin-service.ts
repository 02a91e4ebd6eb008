/** MetricPluginService of proto/coalmine/v1: translation, and nothing decided. */
import { readAnalysisRun } from "../json/analysis-run-json.ts";
import { readMeasurement, writeMeasurement } from "../json/measurement-json.ts";
import { readMetric } from "../json/metric-json.ts";
import type { Measurement, MeasurementRequest, MetricProvider } from "../metric-provider.ts";
import { metricMethods, metricServiceName } from "./contract.ts";
import type { MetricPluginServiceResumeRequest, MetricPluginServiceRunRequest } from "./messages.ts";
import { bytesMethod, type PluginService } from "./plugin-service.ts";

/**
 * What over gob is a measurement is one here, also of a template that is wrong;
 * what is an RPC error there, and a fault of the provider, is thrown.
 *
 * @param providerFor the provider of what the asker may do in a namespace.
 *   @throws CoalmineError forbidden if that is nothing.
 * @param metadata of a provider, whoever asks: a metric has no namespace.
 */
export function metricPluginService<Asker>(
  providerFor: (asker: Asker, namespace: string) => MetricProvider,
  metadata: MetricProvider["metadata"],
): PluginService<Asker> {
  const { InitPlugin, Run, Resume, Terminate, GarbageCollect, GetMetadata, Type } = metricMethods;
  const providerOf = (asker: Asker, { run }: MeasurementRequest) => providerFor(asker, run.namespace);

  return {
    name: metricServiceName,
    methods: [
      bytesMethod(InitPlugin, () => ({})),
      bytesMethod(Run, async (message, asker) => {
        const request = requestOf(message);
        return answerOf(await providerOf(asker, request).run(request));
      }),
      bytesMethod(Resume, async (message, asker) => {
        const [request, before] = [requestOf(message), measurementOf(message)];
        return answerOf(await providerOf(asker, request).resume(request, before));
      }),
      bytesMethod(Terminate, async (message, asker) => {
        const [request, before] = [requestOf(message), measurementOf(message)];
        return answerOf(await providerOf(asker, request).terminate(request, before));
      }),
      bytesMethod(GarbageCollect, async (message, asker) => {
        const request = requestOf(message);
        await providerOf(asker, request).garbageCollect(request, message.limit);
        return {};
      }),
      bytesMethod(GetMetadata, async ({ metricJson }) => ({
        metadata: await metadata(readMetric(metricJson)),
      })),
      bytesMethod(Type, () => ({ type: "coalmine" })),
    ],
  };
}

function requestOf({ analysisRunJson, metricJson }: MetricPluginServiceRunRequest): MeasurementRequest {
  const metric = readMetric(metricJson);
  return { metric, run: readAnalysisRun(analysisRunJson, metric.name) };
}

const noMembers = new TextEncoder().encode("{}");

/** One that was not sent is new. */
function measurementOf({ measurementJson }: MetricPluginServiceResumeRequest): Measurement {
  return readMeasurement(measurementJson.byteLength === 0 ? noMembers : measurementJson);
}

function answerOf(measurement: Measurement) {
  return { measurementJson: writeMeasurement(measurement) };
}

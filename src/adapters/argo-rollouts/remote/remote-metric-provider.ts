/** The metric plugin of a server: every method is asked there. */
import type { Clock } from "../../../base/clock.ts";
import type { CoalmineError } from "../../../base/errors.ts";
import { writeAnalysisRun } from "../json/analysis-run-json.ts";
import { readMeasurement, writeMeasurement } from "../json/measurement-json.ts";
import { writeMetric } from "../json/metric-json.ts";
import { endedEarly, startOf } from "../measurement-start.ts";
import type { Measurement, MeasurementRequest, MetricProvider } from "../metric-provider.ts";
import { notedSince, patienceMs, retryMs } from "../noted-since.ts";
import { metricMethods } from "../services/contract.ts";
import { shortLine } from "../short-line.ts";
import { type PluginServer, serverFailure } from "./plugin-server.ts";

export interface RemoteProviderOptions {
  readonly server: PluginServer;
  readonly clock: Clock;
}

/**
 * Holds nothing: what an analysis has seen is the server's, and in the
 * measurement's metadata, with which any server can go on.
 *
 * While the server does not answer, a measurement stays Running with all that it
 * had, says why, and is asked again every ten seconds; after ten minutes of that
 * it is Inconclusive. Once the server answers again, it looks at what it missed.
 */
export function createRemoteMetricProvider({ server, clock }: RemoteProviderOptions): MetricProvider {
  const { Run, Resume, Terminate, GarbageCollect, GetMetadata } = metricMethods;

  async function measured(
    request: MeasurementRequest,
    before: Measurement,
    ask: () => Promise<{ readonly measurementJson: Uint8Array }>,
  ): Promise<Measurement> {
    try {
      return readMeasurement((await ask()).measurementJson);
    } catch (thrown) {
      const now = clock.now();
      return unanswered(
        serverFailure(thrown),
        { ...before, startedAt: before.startedAt ?? startOf(request, now) },
        now,
      );
    }
  }

  return {
    run: (request) => measured(request, unmeasured, () => server.ask(Run, messageOf(request))),
    resume: (request, before) =>
      measured(request, before, () => server.ask(Resume, withMeasurement(request, before))),

    async terminate(request, before) {
      try {
        const { measurementJson } = await server.ask(Terminate, withMeasurement(request, before));
        return readMeasurement(measurementJson);
      } catch (thrown) {
        // It is called once: what runs on the server ends there by itself.
        const message = shortLine(`${endedEarly}; ${serverFailure(thrown).message}`);
        const now = clock.now();
        const startedAt = before.startedAt ?? now;
        return { ...before, phase: "Inconclusive", message, startedAt, finishedAt: now, resumeAt: null };
      }
    },

    garbageCollect: (request, limit) =>
      server.ask(GarbageCollect, { ...messageOf(request), limit }).then(
        () => undefined,
        // Nothing is lost by that: what the controller drops it never asks for.
        (thrown) => void serverFailure(thrown),
      ),

    async metadata(metric) {
      try {
        const { metadata } = await server.ask(GetMetadata, { metricJson: writeMetric(metric) });
        return metadata;
      } catch (thrown) {
        serverFailure(thrown);
        return {};
      }
    },
  };
}

const unmeasured: Measurement = {
  phase: "Running",
  message: "",
  startedAt: null,
  finishedAt: null,
  resumeAt: null,
  value: "",
  metadata: {},
};

function unanswered({ message }: CoalmineError, before: Measurement, now: number): Measurement {
  const since = notedSince(before.metadata["waitingSince"], now);
  if (now - since > patienceMs) {
    return { ...before, phase: "Inconclusive", message: shortLine(message), finishedAt: now, resumeAt: null };
  }
  return {
    ...before,
    phase: "Running",
    message: shortLine(`${message}; asked again in ${retryMs / 1_000} s`),
    finishedAt: null,
    resumeAt: now + retryMs,
    metadata: { ...before.metadata, waitingSince: new Date(since).toISOString() },
  };
}

function messageOf({ run, metric }: MeasurementRequest) {
  return { analysisRunJson: writeAnalysisRun(run, metric.name), metricJson: writeMetric(metric) };
}

function withMeasurement(request: MeasurementRequest, before: Measurement) {
  return { ...messageOf(request), measurementJson: writeMeasurement(before) };
}

/** The metric plugin: one long measurement that answers what its analysis knows by now. */
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { ReasonCode } from "../../analysis/reasons.ts";
import { engineVersion } from "../../analysis/report/build-result.ts";
import type { Verdict } from "../../analysis/result.ts";
import { CoalmineError } from "../../base/errors.ts";
import { type Conditions, conditionResult, readConditions } from "./condition-result.ts";
import { evaluateConditions } from "./conditions/evaluate-conditions.ts";
import { readConfiguration } from "./configuration.ts";
import type { AnalysisRunView, MetricView } from "./controller-view.ts";
import { endAnalysis } from "./follower.ts";
import { endedEarly, startOf } from "./measurement-start.ts";
import type { Measurement, MeasurementPhase, MeasurementRequest, MetricProvider } from "./metric-provider.ts";
import { notedSince, patienceMs, retryMs } from "./noted-since.ts";
import { releaseOfRun } from "./release.ts";
import { shortLine } from "./short-line.ts";
import { answerInMs, followWeight, mayPass, type ProviderOptions, packed, takeUp } from "./take-up.ts";

/**
 * Measurements over analyses that run in the background: `run` and `resume` both
 * answer what is known and never wait for a look, so no worker of the controller
 * is held. All state is in the measurement's metadata, so that any process can go
 * on; without it the analysis looks at its past again, from the start of the run.
 *
 * A template that is wrong ends the measurement as Inconclusive with every
 * problem: an Error would be tried again four times and then abort the Rollout.
 */
export function createMetricProvider(options: ProviderOptions): MetricProvider {
  const { clock, follower } = options;

  async function measure(
    request: MeasurementRequest,
    startedAt: number,
    metadata: Measurement["metadata"],
  ): Promise<Measurement> {
    const { run, metric } = request;
    const kept = metadata["state"] ?? "";
    const id = analysisId(run, metric, startedAt);
    try {
      const conditions = readConditions(metric);
      const record = await takeUp(options, {
        id,
        startedAt,
        kept,
        document: () => readConfiguration(metric.config),
        release: (wanted) => releaseOfRun(run, wanted, options.rollouts, AbortSignal.timeout(30_000)),
      });
      if (record.result.phase === "running" && run.owner?.kind === "Rollout")
        followWeight(options, id, run, run.owner.name);
      return measurementOf(options, record, conditions);
    } catch (thrown) {
      const error = CoalmineError.from(thrown);
      if (error.code === "internal") throw thrown;
      return notTakenUp(error, startedAt, clock.now(), metadata);
    }
  }

  return {
    run: (request) => measure(request, startOf(request, clock.now()), {}),
    resume: (request, { startedAt, metadata }) =>
      measure(request, startedAt ?? startOf(request, clock.now()), metadata),

    async terminate({ run, metric }, measurement) {
      const startedAt = measurement.startedAt ?? clock.now();
      const cancelled = await endAnalysis(follower, analysisId(run, metric, startedAt));
      if (cancelled !== null && cancelled.result.phase === "done")
        return measurementOf(options, cancelled, readConditions(metric));
      return { ...ended("Inconclusive", endedEarly, startedAt, clock.now()), value: measurement.value };
    },

    // What has ended is forgotten by itself; what runs ends by itself.
    garbageCollect: () => Promise.resolve(),

    metadata: metricMetadata,
  };
}

/** What is shown beside a metric's measurements, whatever the metric is. */
export function metricMetadata(): Promise<Readonly<Record<string, string>>> {
  return Promise.resolve({ engine: `coalmine ${engineVersion}` });
}

/** One analysis for each measurement: a metric with a count or an interval has several, one after another. */
function analysisId(run: AnalysisRunView, metric: MetricView, startedAt: number): string {
  return `${run.uid}/${metric.name}/${new Date(startedAt).toISOString()}`;
}

const phases: Readonly<Record<Verdict, MeasurementPhase>> = {
  pass: "Successful",
  fail: "Failed",
  inconclusive: "Inconclusive",
};

function measurementOf(
  options: ProviderOptions,
  record: AnalysisRecord,
  conditions: Conditions,
): Measurement {
  const now = options.clock.now();
  const { id, result } = record;
  const startedAt = Date.parse(result.startedAt);
  const metadata = { analysis: id, reason: result.reason.code, ...warningsOf(record) };
  const message = shortLine(result.reason.text);
  const value = String(result.score);
  if (result.phase === "running" || result.verdict === null) {
    const state = packed(record);
    return {
      phase: "Running",
      message,
      startedAt,
      finishedAt: null,
      resumeAt: now + answerInMs(options, record),
      value,
      metadata: { ...metadata, ...(state !== null && { state }) },
    };
  }
  const judged = { ...ended(phases[result.verdict], message, startedAt, now), value, metadata };
  // Conditions that only say what a failure is would make a pass of it.
  if (conditions === null || nothingKnown.has(result.reason.code)) return judged;
  const evaluated = evaluateConditions(conditions, conditionResult(result));
  return evaluated.phase === "Error"
    ? { ...judged, phase: "Error", message: shortLine(evaluated.message) }
    : {
        ...judged,
        phase: evaluated.phase,
        message: shortLine(`by the template's conditions; ${result.verdict}: ${message}`),
      };
}

/** Why an analysis ended with nothing that conditions could be about: no data is never a pass. */
const nothingKnown: ReadonlySet<ReasonCode> = new Set([
  "cancelled",
  "run-failed",
  "source-unavailable",
  "no-data",
  "no-baseline-data",
  "too-few-requests",
]);

function warningsOf({ result: { warnings } }: AnalysisRecord): { readonly warnings?: string } {
  return warnings.length === 0 ? {} : { warnings: shortLine(warnings.map(({ text }) => text).join("\n")) };
}

function ended(phase: MeasurementPhase, message: string, startedAt: number, now: number): Measurement {
  return { phase, message, startedAt, finishedAt: now, resumeAt: null, value: "", metadata: {} };
}

/** What cannot be judged is never a pass: it is asked again while that may help, and inconclusive when it does not. */
function notTakenUp(
  error: CoalmineError,
  startedAt: number,
  now: number,
  { state, waitingSince }: Measurement["metadata"],
): Measurement {
  const message = shortLine(error.message);
  // Not since the run began: a new process may be asked about one that is hours old, and be patient too.
  const since = notedSince(waitingSince, now);
  if (!mayPass(error) || now - since > patienceMs) return ended("Inconclusive", message, startedAt, now);
  return {
    ...ended("Running", message, startedAt, now),
    finishedAt: null,
    resumeAt: now + retryMs,
    metadata: { waitingSince: new Date(since).toISOString(), ...(state !== undefined && { state }) },
  };
}

import type { AnalysisRunView, MetricView } from "./controller-view.ts";

/** The phases of a measurement that a plugin gives (AnalysisPhase of argo-rollouts). */
export type MeasurementPhase = "Running" | "Successful" | "Failed" | "Inconclusive" | "Error";

/** A measurement, as the AnalysisRun's status keeps it and the controller hands it back. Times are milliseconds since the epoch. */
export interface Measurement {
  readonly phase: MeasurementPhase;
  /** One line; of the last measurement the controller copies it up to the Rollout. */
  readonly message: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** When the controller shall ask again; null once finished. */
  readonly resumeAt: number | null;
  /** A number in text: the dashboard draws it. */
  readonly value: string;
  /** Kept and handed back by the controller; at most 8 KB. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Which metric of which run is meant. */
export interface MeasurementRequest {
  readonly run: AnalysisRunView;
  readonly metric: MetricView;
}

/**
 * The metric plugin's methods, in no protocol's words (MetricProvider of
 * argo-rollouts). None of them throws for what a user got wrong: that is a
 * measurement's message. What they throw is a fault of ours.
 */
export interface MetricProvider {
  run(request: MeasurementRequest): Promise<Measurement>;
  resume(request: MeasurementRequest, measurement: Measurement): Promise<Measurement>;
  terminate(request: MeasurementRequest, measurement: Measurement): Promise<Measurement>;
  /** The controller drops measurements beyond `limit`: nothing of them need be known any more. */
  garbageCollect(request: MeasurementRequest, limit: number): Promise<void>;
  /** Shown in the run's status. The metric holds secrets in clear here: nothing of it is echoed. */
  metadata(metric: MetricView): Promise<Readonly<Record<string, string>>>;
}

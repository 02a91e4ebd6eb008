// Written by `npm run proto`; not to be edited.
/**
 * The messages of proto/coalmine/v1 as ./contract.ts reads and writes them. A message that is not there is null;
 * what is optional is left out, or null; an enum's value that the contract does not know is its number.
 */

/** Nothing. */
export type MetricPluginServiceInitPluginRequest = Readonly<Record<string, never>>;

/** Nothing. */
export type MetricPluginServiceInitPluginResponse = Readonly<Record<string, never>>;

/** What is to be measured. */
export interface MetricPluginServiceRunRequest {
  /** The AnalysisRun; the caller must have the right to write in its namespace. */
  readonly analysisRunJson: Uint8Array;
  /** The metric of it, with its arguments filled in. */
  readonly metricJson: Uint8Array;
}

/** The measurement that has begun. */
export interface MetricPluginServiceRunResponse {
  /** A Measurement, to be kept whole and handed back; its metadata has all that is needed to go on. */
  readonly measurementJson: Uint8Array;
}

/** Which measurement is asked for. */
export interface MetricPluginServiceResumeRequest {
  /** The AnalysisRun. */
  readonly analysisRunJson: Uint8Array;
  /** The metric of it, with its arguments filled in. */
  readonly metricJson: Uint8Array;
  /** The Measurement that was answered last. */
  readonly measurementJson: Uint8Array;
}

/** What is known by now. */
export interface MetricPluginServiceResumeResponse {
  /** The Measurement, in place of the one that was handed back. */
  readonly measurementJson: Uint8Array;
}

/** Which measurement is to end. */
export interface MetricPluginServiceTerminateRequest {
  /** The AnalysisRun. */
  readonly analysisRunJson: Uint8Array;
  /** The metric of it, with its arguments filled in. */
  readonly metricJson: Uint8Array;
  /** The Measurement that was answered last. */
  readonly measurementJson: Uint8Array;
}

/** It has ended. */
export interface MetricPluginServiceTerminateResponse {
  /** The Measurement, in place of the one that was handed back. */
  readonly measurementJson: Uint8Array;
}

/** Whose measurements are dropped. */
export interface MetricPluginServiceGarbageCollectRequest {
  /** The AnalysisRun. */
  readonly analysisRunJson: Uint8Array;
  /** The metric of it. */
  readonly metricJson: Uint8Array;
  /** How many are kept. */
  readonly limit: number;
}

/** Nothing. */
export type MetricPluginServiceGarbageCollectResponse = Readonly<Record<string, never>>;

/** Of which metric. */
export interface MetricPluginServiceGetMetadataRequest {
  /** The metric. */
  readonly metricJson: Uint8Array;
}

/** What is shown. */
export interface MetricPluginServiceGetMetadataResponse {
  /** By name; it holds nothing of the metric itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Nothing. */
export type MetricPluginServiceTypeRequest = Readonly<Record<string, never>>;

/** What the plugin is. */
export interface MetricPluginServiceTypeResponse {
  /** Always `coalmine`. */
  readonly type: string;
}

/** The methods of Argo's MetricProviderPlugin (utils/plugin/types of argo-rollouts), each with what it is given and what it answers there. Kubernetes objects are JSON as json.Marshal of Argo's own types writes them; members that are not known are passed over. What a user got wrong, in a template for instance, is a measurement's message; a status tells of a caller without the right, of a request that cannot be read, and of a fault of the server. */
export interface MetricPluginService {
  /** Does nothing; it tells whether the server can be reached and knows the caller. */
  readonly InitPlugin: {
    readonly request: MetricPluginServiceInitPluginRequest;
    readonly response: MetricPluginServiceInitPluginResponse;
    readonly streams: false;
  };
  /** Begins a measurement, and answers what is known of it; it never waits for metrics. */
  readonly Run: {
    readonly request: MetricPluginServiceRunRequest;
    readonly response: MetricPluginServiceRunResponse;
    readonly streams: false;
  };
  /** Answers what is known by now of a measurement that runs. */
  readonly Resume: {
    readonly request: MetricPluginServiceResumeRequest;
    readonly response: MetricPluginServiceResumeResponse;
    readonly streams: false;
  };
  /** Ends a measurement as inconclusive; one that has its verdict keeps it. */
  readonly Terminate: {
    readonly request: MetricPluginServiceTerminateRequest;
    readonly response: MetricPluginServiceTerminateResponse;
    readonly streams: false;
  };
  /** Tells that measurements beyond a limit are dropped. */
  readonly GarbageCollect: {
    readonly request: MetricPluginServiceGarbageCollectRequest;
    readonly response: MetricPluginServiceGarbageCollectResponse;
    readonly streams: false;
  };
  /** Tells what is shown beside a metric's measurements. */
  readonly GetMetadata: {
    readonly request: MetricPluginServiceGetMetadataRequest;
    readonly response: MetricPluginServiceGetMetadataResponse;
    readonly streams: false;
  };
  /** Tells the plugin's type. */
  readonly Type: {
    readonly request: MetricPluginServiceTypeRequest;
    readonly response: MetricPluginServiceTypeResponse;
    readonly streams: false;
  };
}

export interface Duration {
  readonly seconds: number;
  readonly nanos: number;
}

/** Nothing. */
export type StepPluginServiceInitPluginRequest = Readonly<Record<string, never>>;

/** Nothing. */
export type StepPluginServiceInitPluginResponse = Readonly<Record<string, never>>;

/** Which step is run. */
export interface StepPluginServiceRunRequest {
  /** The Rollout; the caller must have the right to write in its namespace. */
  readonly rolloutJson: Uint8Array;
  /** The Config of Argo's RpcStepContext: the step's own configuration; empty without one. */
  readonly configJson: Uint8Array;
  /** Its Status: what was answered last; empty at first. */
  readonly statusJson: Uint8Array;
}

/** What is known of it. */
export interface StepPluginServiceRunResponse {
  /** Always there. */
  readonly result: StepResult | null;
}

/** Which step ends. */
export interface StepPluginServiceTerminateRequest {
  /** The Rollout; the caller must have the right to write in its namespace. */
  readonly rolloutJson: Uint8Array;
  /** The step's own configuration; empty without one. */
  readonly configJson: Uint8Array;
  /** What was answered last; empty if nothing was. */
  readonly statusJson: Uint8Array;
}

/** It has ended. */
export interface StepPluginServiceTerminateResponse {
  /** Always there. */
  readonly result: StepResult | null;
}

/** Which step ends. */
export interface StepPluginServiceAbortRequest {
  /** The Rollout; the caller must have the right to write in its namespace. */
  readonly rolloutJson: Uint8Array;
  /** The step's own configuration; empty without one. */
  readonly configJson: Uint8Array;
  /** What was answered last; empty if nothing was. */
  readonly statusJson: Uint8Array;
}

/** It has ended. */
export interface StepPluginServiceAbortResponse {
  /** Always there. */
  readonly result: StepResult | null;
}

/** What Argo's RpcStepResult holds. */
export interface StepResult {
  /** Where the step stands. */
  readonly phase: StepPhase | number;
  /** Why, in one line. */
  readonly message: string;
  /** When to ask again, while it runs; over ten seconds then, for Argo makes anything less thirty. */
  readonly requeueAfter: Duration | null;
  /** The Status to be stored, a JSON object; what was sent where it is to stay as it is. */
  readonly statusJson: Uint8Array;
}

/** Nothing. */
export type StepPluginServiceTypeRequest = Readonly<Record<string, never>>;

/** What the plugin is. */
export interface StepPluginServiceTypeResponse {
  /** Always `coalmine`. */
  readonly type: string;
}

/** The phases that a step of ours can be in. */
export type StepPhase =
  | "STEP_PHASE_UNSPECIFIED"
  | "STEP_PHASE_RUNNING"
  | "STEP_PHASE_SUCCESSFUL"
  | "STEP_PHASE_FAILED";

/** The methods of Argo's step plugins (utils/plugin/types of argo-rollouts), each with what it is given and what it answers there. The Rollout is JSON as json.Marshal of Argo's own type writes it; members that are not known are passed over. What a user got wrong is a result's message; a status tells of a caller without the right, of a request that cannot be read, and of a fault of the server. */
export interface StepPluginService {
  /** Does nothing; it tells whether the server can be reached and knows the caller. */
  readonly InitPlugin: {
    readonly request: StepPluginServiceInitPluginRequest;
    readonly response: StepPluginServiceInitPluginResponse;
    readonly streams: false;
  };
  /** Begins the step's analysis, or tells what is known of it by now; it never waits for metrics. */
  readonly Run: {
    readonly request: StepPluginServiceRunRequest;
    readonly response: StepPluginServiceRunResponse;
    readonly streams: false;
  };
  /** Ends the analysis: the Rollout was promoted in full while the step ran. */
  readonly Terminate: {
    readonly request: StepPluginServiceTerminateRequest;
    readonly response: StepPluginServiceTerminateResponse;
    readonly streams: false;
  };
  /** Ends the analysis: the Rollout was aborted. One that has ended stays as it is. */
  readonly Abort: {
    readonly request: StepPluginServiceAbortRequest;
    readonly response: StepPluginServiceAbortResponse;
    readonly streams: false;
  };
  /** Tells the plugin's type. */
  readonly Type: {
    readonly request: StepPluginServiceTypeRequest;
    readonly response: StepPluginServiceTypeResponse;
    readonly streams: false;
  };
}

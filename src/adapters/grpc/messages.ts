// Written by `npm run proto`; not to be edited.
/**
 * The messages of proto/coalmine/v1 as ./contract.ts reads and writes them. A message that is not there is null;
 * what is optional is left out, or null; an enum's value that the contract does not know is its number.
 */

export interface Struct {
  readonly fields: Readonly<Record<string, Value>>;
}

export interface Value {
  readonly nullValue?: NullValue | number | null;
  readonly numberValue?: number | null;
  readonly stringValue?: string | null;
  readonly boolValue?: boolean | null;
  readonly structValue?: Struct | null;
  readonly listValue?: ListValue | null;
}

export interface ListValue {
  readonly values: readonly Value[];
}

export type NullValue = "NULL_VALUE";

export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** An analysis, running or ended. */
export interface Analysis {
  /** Names it in every call. */
  readonly id: string;
  /** The service whose rollout is judged. */
  readonly service: string;
  /** The namespace of the service; empty for sources without namespaces. */
  readonly namespace: string;
  /** Whether it runs. */
  readonly phase: Phase | number;
  /** Unspecified while it runs. */
  readonly verdict: Verdict | number;
  /** 0 to 100: pass 75 and more, inconclusive and running 25 to below 75, fail below 25. */
  readonly score: number;
  /** Why the verdict is what it is, or what it waits for. */
  readonly reason: Reason | null;
  /** When it began. */
  readonly startedAt: Timestamp | null;
  /** When it ends at the latest. */
  readonly endsAt: Timestamp | null;
  /** When the verdict was given; absent while it runs. */
  readonly decidedAt: Timestamp | null;
  /** Ticks committed so far. */
  readonly ticks: number;
  /** One for each question of the spec. */
  readonly metrics: readonly Metric[];
  /** What to know beside the verdict. */
  readonly warnings: readonly Warning[];
  /** The spec as it was understood, in the words of the spec file. */
  readonly spec: Struct | null;
  /** The version of the engine that judged. */
  readonly engineVersion: string;
  /** Ways on, by their name. */
  readonly links: Readonly<Record<string, string>>;
}

/** Why, in one line. */
export interface Reason {
  /** For programs: one of a closed list, such as `worse-than-baseline`; docs/errors.md has them all. */
  readonly code: string;
  /** For people. */
  readonly text: string;
}

/** What to know beside a verdict; it never changes one. */
export interface Warning {
  /** For programs: one of a closed list, such as `limits-only`; docs/errors.md has them all. */
  readonly code: string;
  /** For people. */
  readonly text: string;
}

/** What is known of one question of the spec. */
export interface Metric {
  /** As the spec names it. */
  readonly name: string;
  /** What kind of question it is. */
  readonly kind: MetricKind | number;
  /** False: shown, never counted. */
  readonly gate: boolean;
  /** Unspecified while undecided and running. */
  readonly verdict: Verdict | number;
  /** Why the verdict is what it is. */
  readonly reason: Reason | null;
  /** The evidence against its thresholds. */
  readonly evidence: Evidence | null;
  /** What `bad` counts, for people: "errors", "slower than 500 ms". */
  readonly counts: string;
  /** The canary's counts; absent where the metric has none. */
  readonly canary: CohortSummary | null;
  /** The baseline's counts; absent without a baseline. */
  readonly baseline: CohortSummary | null;
  /** Canary rate over baseline rate; absent where nothing is known. */
  readonly ratio: RatioEstimate | null;
  /** Canary rate minus baseline rate; absent without a baseline. */
  readonly difference: DifferenceEstimate | null;
  /** For a latency, the quantile as the buckets show it; absent otherwise. */
  readonly quantile: QuantileSummary | null;
  /** Among the metrics that regressed at the false-alarm budget. */
  readonly regressed: boolean;
}

/** Evidence as odds to one, and what they must reach; absent where that side is not tested. */
export interface Evidence {
  /** Odds that the canary is worse. */
  readonly fail?: number | null;
  /** At these odds it fails. */
  readonly failNeeds?: number | null;
  /** Odds that the canary is good enough. */
  readonly pass?: number | null;
  /** At these odds it passes. */
  readonly passNeeds?: number | null;
}

/** One cohort of one metric. */
export interface CohortSummary {
  /** Events. */
  readonly total: number;
  /** Of them, how many were bad. */
  readonly bad: number;
  /** Bad of total; absent while total is 0. */
  readonly rate?: number | null;
  /** 95 % Wilson interval of the rate: right for one look at these counts. */
  readonly interval: Interval | null;
  /** 95 % confidence sequence of the rate: right at every look together, so wider. */
  readonly sequence: Interval | null;
}

/** From low to high. */
export interface Interval {
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Canary rate over baseline rate with its confidence sequence. */
export interface RatioEstimate {
  /** Absent where nothing is known. */
  readonly estimate?: number | null;
  /** The lower end. */
  readonly low: number;
  /** The upper end; absent where there is none. */
  readonly high?: number | null;
}

/** Canary rate minus baseline rate, as fractions, with its 95 % Newcombe interval. */
export interface DifferenceEstimate {
  /** Absent where nothing is known. */
  readonly estimate?: number | null;
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** A latency quantile as the buckets show it. */
export interface QuantileSummary {
  /** Which quantile: 0.99 is the 99th percentile. */
  readonly q: number;
  /** The canary's, in seconds. */
  readonly canary: QuantileRange | null;
  /** The baseline's, in seconds; absent without a baseline. */
  readonly baseline: QuantileRange | null;
}

/** The bucket boundaries that hold a quantile, in seconds, with its time-uniform uncertainty. */
export interface QuantileRange {
  /** The lower boundary. */
  readonly low: number;
  /** The upper boundary; absent above the highest bucket. */
  readonly high?: number | null;
}

/** The life of an analysis. */
export type Phase = "PHASE_UNSPECIFIED" | "PHASE_RUNNING" | "PHASE_DONE" | "PHASE_CANCELLED";

/** What is said of a canary, or of one metric. */
export type Verdict = "VERDICT_UNSPECIFIED" | "VERDICT_PASS" | "VERDICT_FAIL" | "VERDICT_INCONCLUSIVE";

/** The kinds of questions that a spec asks. */
export type MetricKind =
  | "METRIC_KIND_UNSPECIFIED"
  | "METRIC_KIND_ERRORS"
  | "METRIC_KIND_LATENCY"
  | "METRIC_KIND_RATIO"
  | "METRIC_KIND_GAUGE"
  | "METRIC_KIND_CONDITION";

/** What is to be analysed. */
export interface StartRequest {
  /** As a document. */
  readonly spec?: Struct | null;
  /** As YAML or JSON, as in a file. */
  readonly specText?: string | null;
  /** The caller's own name for the analysis: 1 to 200 of letters, digits and . _ : @ ~ / + - */
  readonly key?: string | null;
}

/** What was started, or was there. */
export interface StartResponse {
  /** What is known of it. */
  readonly analysis: Analysis | null;
  /** False: the key was there already, for the same spec. */
  readonly created: boolean;
}

/** Which analysis is asked for. */
export interface GetRequest {
  /** Its id, or its key. */
  readonly id: string;
}

/** What is known now. */
export interface GetResponse {
  /** What is known of it. */
  readonly analysis: Analysis | null;
}

/** Which analyses to list: those that match every field given. */
export interface ListRequest {
  /** Of this service. */
  readonly service?: string | null;
  /** Of this namespace; the empty one is that of sources without namespaces. */
  readonly namespace?: string | null;
  /** In this phase. */
  readonly phase: Phase | number;
  /** At most so many, 1 to 1,000; 100 unless given. */
  readonly limit?: number | null;
}

/** Those that match. */
export interface ListResponse {
  /** Newest first. */
  readonly analyses: readonly Analysis[];
}

/** Which analysis is to end. */
export interface CancelRequest {
  /** Its id, or its key. */
  readonly id: string;
}

/** It has ended. */
export interface CancelResponse {
  /** What is known of it. */
  readonly analysis: Analysis | null;
}

/** Which analysis is watched. */
export interface WatchRequest {
  /** Its id, or its key. */
  readonly id: string;
}

/** One look; the last one has the verdict. */
export interface WatchResponse {
  /** What is known of it. */
  readonly analysis: Analysis | null;
}

/** What is to be judged at once. */
export interface JudgeRequest {
  /** As a document. */
  readonly spec?: Struct | null;
  /** As YAML or JSON, as in a file. */
  readonly specText?: string | null;
  /** A past window of the source. */
  readonly window?: JudgedWindow | null;
  /** Counts of one window, for the spec's one metric that takes counts. */
  readonly counts?: JudgedCounts | null;
  /** Counts tick by tick, for each of the spec's metrics that take counts. */
  readonly ticks?: JudgedTicks | null;
}

/** The verdict. */
export interface JudgeResponse {
  /** As of an analysis that has ended. */
  readonly analysis: Analysis | null;
}

/** A past window. */
export interface JudgedWindow {
  /** Its start; a `duration` of the spec before its end unless given. */
  readonly from: Timestamp | null;
  /** Its end; a `duration` after its start, now at the latest, unless given. */
  readonly to: Timestamp | null;
}

/** Counts of both cohorts of one metric of the kind errors or ratio. */
export interface JudgedCounts {
  /** The canary's. */
  readonly canary: CohortCounts | null;
  /** The baseline's, where the spec names one. */
  readonly baseline: CohortCounts | null;
}

/** Counts of one cohort. */
export interface CohortCounts {
  /** Events; below 2^53. */
  readonly total: number;
  /** Of them, how many were bad; at most total. */
  readonly bad: number;
}

/** Counts tick by tick. */
export interface JudgedTicks {
  /** In order, 1 to 1,440: a day of minutes. */
  readonly ticks: readonly JudgedTick[];
}

/** The counts of one tick. */
export interface JudgedTick {
  /** By the metric's name. */
  readonly metrics: Readonly<Record<string, JudgedCounts>>;
}

/** Judges canaries. A failure is a google.rpc.Status with an ErrorInfo of the domain `coalmine`; docs/grpc.md has the codes. */
export interface AnalysisService {
  /** Starts an analysis, and answers once its first look is taken or after four seconds. With a key, it starts the analysis of that key or answers the one there is: asking again never starts a second. */
  readonly Start: {
    readonly request: StartRequest;
    readonly response: StartResponse;
    readonly streams: false;
  };
  /** Tells what is known of an analysis. */
  readonly Get: { readonly request: GetRequest; readonly response: GetResponse; readonly streams: false };
  /** Lists analyses, newest first. */
  readonly List: { readonly request: ListRequest; readonly response: ListResponse; readonly streams: false };
  /** Ends an analysis as inconclusive `cancelled`; one that has ended stays as it is. */
  readonly Cancel: {
    readonly request: CancelRequest;
    readonly response: CancelResponse;
    readonly streams: false;
  };
  /** Tells what is known at once, then after each look until the verdict; a slow reader gets the latest and misses those between. A stream that ends before the verdict ends as UNAVAILABLE: watch again. */
  readonly Watch: {
    readonly request: WatchRequest;
    readonly response: WatchResponse;
    readonly streams: true;
  };
  /** Judges a past window or given counts at once; nothing is kept. */
  readonly Judge: {
    readonly request: JudgeRequest;
    readonly response: JudgeResponse;
    readonly streams: false;
  };
}

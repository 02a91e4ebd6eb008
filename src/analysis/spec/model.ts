/**
 * The analysis spec, complete: what parse-spec.ts makes of a user's YAML or
 * JSON, every default filled in and every string read. All times are
 * milliseconds, all rates and percentages fractions (0.005 is 0.5 %).
 */
export interface AnalysisSpec {
  readonly service: string;
  /** Empty where the source does not know namespaces. */
  readonly namespace: string;
  readonly telemetry: TelemetrySpec;
  /** Sources by the names the settings give them; several are strata of one verdict. */
  readonly sources: readonly string[];
  readonly canary: CohortSpec;
  /** Null: only limits are judged, and the verdict says so. */
  readonly baseline: CohortSpec | null;
  /** At least one; names are unique. */
  readonly metrics: readonly MetricSpec[];
  readonly durationMs: number;
  readonly intervalMs: number;
  readonly tickMs: number;
  readonly warmupMs: number;
  readonly budget: { readonly falseAlarm: number; readonly falsePass: number };
  readonly pass: "atEnd" | "early";
  readonly onDeadline: "passIfPowered" | "inconclusive" | "fail";
  readonly minCanaryRequests: number;
  readonly sourceTimeoutMs: number;
  readonly dispersion: number | "auto";
  /** Nats a tick. */
  readonly evidenceCap: number;
  readonly outageChannel: boolean;
}

/** Which preset names the series, and the few things a preset lets the user set. */
export interface TelemetrySpec {
  /** A key of the preset table, for instance `istio`. */
  readonly preset: string;
  /** Preset options, for instance `{reporter: "source"}` or `{statusLabel: "code"}`; only known keys. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * How a cohort's pods are told apart. Which fields a preset needs is the
 * preset's to say; a field that is present is never empty.
 */
export interface CohortSpec {
  readonly version?: string;
  readonly workload?: string;
  readonly service?: string;
  readonly hash?: string;
  /** Names the label that carries `hash`; without it the hash is matched in the pod's name. */
  readonly hashLabel?: string;
  /** Raw label matchers as PromQL writes them inside braces: `version="v2",zone!="b"`. */
  readonly selector?: string;
}

interface MetricBase {
  readonly name: string;
  /** False: shown, never counted. */
  readonly gate: boolean;
  /** Share of the false-alarm budget, relative to the other gating metrics. */
  readonly weight: number;
  /** Matchers to use for this metric instead of the cohort's own. */
  readonly canarySelector?: string;
  readonly baselineSelector?: string;
}

/** `ratio`·p + `points`: `2x + 0.5pp` is {ratio: 2, points: 0.005}. */
export interface Margin {
  readonly ratio: number;
  readonly points: number;
}

/** How much worse than the baseline fails, how much is still fine. */
export interface CompareSpec {
  readonly failAbove: Margin;
  readonly passBelow: Margin;
}

/** The largest rate that meets the objective. */
export interface LimitSpec {
  readonly atMost: number;
  /** True: fails even while the baseline is over the limit too. */
  readonly absolute: boolean;
}

export interface ErrorsMetric extends MetricBase {
  readonly kind: "errors";
  readonly compare: CompareSpec | null;
  readonly limit: LimitSpec | null;
}

export interface LatencyMetric extends MetricBase {
  readonly kind: "latency";
  /** Null: boundaries near the baseline's 0.5, 0.95 and 0.99 quantiles. */
  readonly quantile: number | null;
  /** Latency objective for `quantile`, in seconds, and whether it is absolute. */
  readonly limit: { readonly atMostSeconds: number; readonly absolute: boolean } | null;
  /** About the share of slow requests. */
  readonly compare: CompareSpec | null;
  /** Quantile margin: the canary's quantile at most this many times the baseline's. */
  readonly slower: number | null;
}

export interface RatioMetric extends MetricBase {
  readonly kind: "ratio";
  /** Series selectors as the user wrote them; the cohort's matchers are added. */
  readonly bad: string;
  readonly total: string;
  readonly compare: CompareSpec | null;
  readonly limit: LimitSpec | null;
}

export interface GaugeMetric extends MetricBase {
  readonly kind: "gauge";
  readonly query: string;
  readonly aggregate: "mean" | "max" | "min" | "sum";
  /** The canary is worse above (or below) this many times the baseline. */
  readonly failAbove: number;
  readonly passBelow: number;
  /** Length of the blocks that count as one observation. */
  readonly blockMs: number;
}

export interface ConditionMetric extends MetricBase {
  readonly kind: "condition";
  /** `<selector> <op> <number>`; fails once it has held without a break for `forMs`. */
  readonly query: string;
  readonly forMs: number;
}

export type MetricSpec = ErrorsMetric | LatencyMetric | RatioMetric | GaugeMetric | ConditionMetric;

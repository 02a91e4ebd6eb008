import type { ReasonCode, WarningCode } from "./reasons.ts";

export type Verdict = "pass" | "fail" | "inconclusive";

/** Why, in one line: the code is for programs, the text for people. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

export interface Warning {
  readonly code: WarningCode;
  readonly text: string;
}

/** One cohort of one metric, in counts and as a rate with its Wilson interval. */
export interface CohortSummary {
  readonly total: number;
  readonly bad: number;
  /** Null while `total` is 0. */
  readonly rate: number | null;
  /** 95 % Wilson interval: right for one look at these counts. */
  readonly interval: readonly [low: number, high: number];
  /** 95 % confidence sequence: right at every look together, so wider. */
  readonly sequence: readonly [low: number, high: number];
}

/** Evidence as odds: `fail` of `failNeeds` is "41 : 1, needs 20 : 1"; null where that side is not tested. */
export interface Evidence {
  readonly fail: number | null;
  readonly failNeeds: number | null;
  readonly pass: number | null;
  readonly passNeeds: number | null;
}

/** A latency quantile as the buckets show it. */
export interface QuantileSummary {
  readonly q: number;
  /** The bucket that holds it, with its time-uniform uncertainty: low and high are bucket boundaries in seconds. */
  readonly canary: { readonly low: number; readonly high: number | null };
  readonly baseline: { readonly low: number; readonly high: number | null } | null;
}

export interface MetricResult {
  readonly name: string;
  readonly kind: "errors" | "latency" | "ratio" | "gauge" | "condition";
  readonly gate: boolean;
  /** Null while undecided and running. */
  readonly verdict: Verdict | null;
  readonly reason: Reason;
  readonly evidence: Evidence;
  /** What `bad` counts, for people: "errors", "slower than 500 ms", …. */
  readonly counts: string;
  readonly canary: CohortSummary | null;
  readonly baseline: CohortSummary | null;
  /** Canary rate over baseline rate with its confidence sequence; null where nothing is known, high null is unbounded. */
  readonly ratio: {
    readonly estimate: number | null;
    readonly low: number;
    readonly high: number | null;
  } | null;
  /** Canary rate minus baseline rate as fractions, with its 95 % Newcombe interval; null without a baseline. */
  readonly difference: {
    readonly estimate: number | null;
    readonly low: number;
    readonly high: number;
  } | null;
  readonly quantile: QuantileSummary | null;
  /** Among the metrics that regressed by the e-BH procedure at the false-alarm budget. */
  readonly regressed: boolean;
}

/** What an analysis has found so far, or in the end: the same object for every caller. */
export interface AnalysisResult {
  readonly id: string;
  readonly service: string;
  readonly namespace: string;
  readonly phase: "running" | "done" | "cancelled";
  readonly verdict: Verdict | null;
  /** 0 to 100: pass 75 and more, inconclusive and running 25 to below 75, fail below 25. */
  readonly score: number;
  readonly reason: Reason;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endsAt: string;
  readonly decidedAt: string | null;
  /** Ticks committed so far. */
  readonly ticks: number;
  readonly metrics: readonly MetricResult[];
  readonly warnings: readonly Warning[];
  /** The spec as it was understood, in the words of the spec file. */
  readonly spec: unknown;
  readonly engineVersion: string;
  readonly links: Readonly<Record<string, string>>;
}

import type { CompareState } from "../../engine/sequential/compare-test.ts";
import type { LimitState } from "../../engine/sequential/limit-test.ts";
import type { SignState } from "../../engine/sequential/sign-test.ts";
import type { Layout } from "../latency/layout.ts";
import type { CohortCounts, Distribution, PodMemory } from "../observation.ts";
import type { Reason, Verdict, Warning } from "../result.ts";

/**
 * An analysis between two looks: plain JSON, all that is needed to go on with
 * the same verdict bit for bit. Times are milliseconds since the epoch.
 */
export interface AnalysisState {
  readonly version: 1;
  readonly startedAt: number;
  /** Time of the last look that read the source; null before the first, which only takes the counters' bearings. */
  readonly consumedTo: number | null;
  /** Committed ticks. */
  readonly ticks: number;
  /** By source, in the spec's order. */
  readonly pods: readonly PodMemory[];
  /** In the spec's order. */
  readonly metrics: readonly MetricState[];
  /** The errors metric's outage channel; null where there is none. */
  readonly outage: OutageState | null;
  readonly traffic: TrafficState;
  /** The canary's share of traffic in percent as the caller set it; null when nobody said. */
  readonly weight: number | null;
  /** When the source was first found away, null while it answers, and what it said. */
  readonly sourceAway: { readonly since: number; readonly message: string } | null;
  readonly warnings: readonly Warning[];
  readonly decision: Decision | null;
}

/** The outage channel's evidence and the counts behind it, warming pods included. */
export interface OutageState {
  readonly test: CompareState;
  readonly counts: { readonly nc: number; readonly xc: number; readonly nb: number; readonly xb: number };
}

/** The verdict once it is final, and when it became so. */
export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly at: number;
  readonly phase: "done" | "cancelled";
}

/** Requests of both cohorts, warming pods included: for `no-data`, `traffic-lost` and the least number of requests. */
export interface TrafficState {
  readonly canary: number;
  readonly baseline: number;
  readonly running: TickTraffic;
  /** Ticks in a row in which the canary was scraped and flat, and the baseline's requests in them. */
  readonly flat: { readonly ticks: number; readonly baseline: number };
}

/** One tick's traffic. */
export interface TickTraffic {
  /** Whether any look fell into it: in one without, nobody asked, so nothing was silent. */
  readonly looked: boolean;
  readonly canary: number;
  readonly baseline: number;
  readonly canarySampled: boolean;
}

export type MetricState = CountMetricState | GaugeMetricState | ConditionMetricState;

/** Errors, ratios and latency: the evidence of each question and the counts it came from. */
export interface CountMetricState {
  readonly kind: "counts";
  /** Null until a latency metric's boundaries are chosen. */
  readonly layout: Layout | null;
  /** What the boundaries are chosen from, until they are. */
  readonly distribution: Distribution | null;
  /** In the order of `questionsOf`; empty until the layout is known. */
  readonly questions: readonly QuestionState[];
  readonly rows: readonly StratumRow[];
  /** Canary pods seen with settled events, and those with a bad one: a few short hashes of each. */
  readonly pods: readonly string[];
  readonly podsWithBad: readonly string[];
  readonly sampled: { readonly canary: boolean; readonly baseline: boolean };
  /** By source, in the spec's order. */
  readonly silence: readonly Silence[];
  /** By source; null where nothing waits. */
  readonly unpaired: readonly (UnpairedScrape | null)[];
  /** Committed ticks in which settled requests of this metric could be judged, and whether the running one is such. */
  readonly settledTicks: number;
  readonly settledNow: boolean;
  /** Looks whose counts could not be true. */
  readonly droppedLooks: number;
  /** Random batch size of the events (phi of the count test). */
  readonly dispersion: number;
}

/** For how many milliseconds on end looks have found no sample of a cohort; null before its first request. */
export interface Silence {
  readonly canary: number | null;
  readonly baseline: number | null;
}

/** Counts of looks that found a scrape of one cohort alone, and for how long they have waited for the other's. */
export interface UnpairedScrape {
  readonly canary: UnpairedCohort;
  readonly baseline: UnpairedCohort;
  readonly waitedMs: number;
}

export type UnpairedCohort = Pick<CohortCounts, "settled" | "warming" | "sampled">;

/** Counts of ticks whose split between the cohorts was alike, so that sums over them do not mix splits (Simpson). */
export interface StratumRow {
  readonly nc: number;
  readonly nb: number;
  /** One a boundary for latency, else one. */
  readonly xc: readonly number[];
  readonly xb: readonly number[];
}

/** The evidence of one question, for both verdicts. */
export type QuestionState =
  /** One entry a boundary in `fail` and `pass`. */
  | {
      readonly kind: "compare";
      readonly fail: readonly CompareState[];
      readonly pass: readonly CompareState[];
    }
  | { readonly kind: "slower"; readonly fail: CompareState; readonly pass: CompareState }
  | { readonly kind: "limit"; readonly fail: LimitState; readonly pass: LimitState };

/** A gauge: sign tests over blocks, and the running block's sums. */
export interface GaugeMetricState {
  readonly kind: "gauge";
  readonly fail: SignState;
  readonly pass: SignState;
  readonly blocks: number;
  /** Blocks in a row, up to the last closed one, in which a cohort had no value. */
  readonly missedBlocks: number;
  readonly block: { readonly canary: GaugeMean; readonly baseline: GaugeMean };
  /** Means over all blocks, for display. */
  readonly total: { readonly canary: GaugeMean; readonly baseline: GaugeMean };
}

export interface GaugeMean {
  readonly sum: number;
  readonly looks: number;
}

/** A condition: since when it has held without a break, and whether it was ever readable. */
export interface ConditionMetricState {
  readonly kind: "condition";
  readonly holdingSince: number | null;
  readonly lastSeen: number | null;
}

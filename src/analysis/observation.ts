import type { Warning } from "./result.ts";

/** Events counted in a look: of `total`, how many were bad in each sense the metric asks about. */
export interface Tally {
  readonly total: number;
  /** One entry for errors and ratios; one a boundary, in rising order, for latency ("slower than it"). */
  readonly bad: readonly number[];
}

/** What one cohort did in one look. */
export interface CohortCounts {
  /** From pods past their warm-up. */
  readonly settled: Tally;
  /** From pods still warming up: only the outage channel counts them. */
  readonly warming: Tally;
  /** Whether any of its series had a sample in the look: false is "no data", not "no events". */
  readonly sampled: boolean;
  /** Short hashes of the scraped pods with settled events, and of those with a bad one of the first kind. */
  readonly pods: readonly string[];
  readonly podsWithBad: readonly string[];
}

/** Both cohorts of one stratum (one source, one region); no baseline where the spec has none. */
export interface Stratum {
  readonly canary: CohortCounts;
  readonly baseline: CohortCounts | null;
}

/** A latency histogram before its boundaries are chosen: every boundary and how many were slower. */
export interface Distribution {
  /** In rising order, finite, in the histogram's own unit. */
  readonly bounds: readonly number[];
  /** The baseline's; all zero where the spec has no baseline. */
  readonly baseline: Tally;
  /** How the source holds it. */
  readonly form: "classic" | "native";
}

/** What one look saw of one metric. */
export type MetricObservation =
  | { readonly kind: "counts"; readonly strata: readonly Stratum[] }
  | { readonly kind: "distribution"; readonly distribution: Distribution }
  /** Mean over the look of the aggregated gauge; null where there was no sample. */
  | { readonly kind: "gauge"; readonly canary: number | null; readonly baseline: number | null }
  /** Whether it held at the look's last sample; null where there was no sample. */
  | { readonly kind: "condition"; readonly holds: boolean | null }
  /** Counts that cannot be true (NaN, more bad than total): dropped, never guessed. */
  | { readonly kind: "dropped" };

/** What happened to an analysis: the only inputs of `advance` beside its spec and state. */
export type Observation =
  | {
      readonly kind: "look";
      /** By metric, in the spec's order. */
      readonly metrics: readonly MetricObservation[];
      /** By source, in the spec's order. */
      readonly pods: readonly PodMemory[];
      readonly warnings: readonly Warning[];
    }
  /** Batch size of the events, by metric, estimated before the first look. */
  | { readonly kind: "dispersion"; readonly metrics: readonly number[] }
  | { readonly kind: "sourceFailure"; readonly message: string }
  /** The canary's share of traffic as the caller set it, 0 to 100. */
  | { readonly kind: "weight"; readonly weight: number }
  | { readonly kind: "cancel" };

/**
 * The scraped pods seen so far, by short hash of their label value. At most 100
 * are kept; with more, the newest are not remembered (and `full` says so).
 */
export interface PodMemory {
  readonly pods: Readonly<Record<string, PodTimes>>;
  /** First sample of each cohort, for warm-up where the scraped pod is not the judged one. */
  readonly cohortSince: { readonly canary: number | null; readonly baseline: number | null };
  readonly full: boolean;
}

/** Milliseconds since the epoch of a pod's first sample ever seen and of its last consumed one. */
export interface PodTimes {
  readonly first: number;
  readonly last: number;
}

export type Cohort = "canary" | "baseline";

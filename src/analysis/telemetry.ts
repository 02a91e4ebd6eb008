import type { Selector } from "./selector.ts";

/** A selector for each cohort; the baseline's is null where the spec names no baseline. */
export interface CohortSelectors {
  readonly canary: Selector;
  readonly baseline: Selector | null;
}

/** A series counts as bad when its `label` matches the anchored `pattern`; an absent label never matches. */
export interface BadLabel {
  readonly label: string;
  readonly pattern: string;
}

/**
 * What is read for one metric of a spec: presets and user-written selectors
 * both end up as this, so nothing past it knows a mesh by name.
 */
export type MetricQuery =
  | {
      readonly kind: "errors";
      /** Request counters, one series a status; total is all of them. */
      readonly requests: CohortSelectors;
      /** A series is an error when any of these matches. */
      readonly bad: readonly BadLabel[];
    }
  | {
      readonly kind: "latency";
      /** Base name: classic buckets are `<metric>_bucket`, a native histogram is `<metric>`. */
      readonly histogram: CohortSelectors;
      /** How many seconds one unit of the boundaries is: 1, or 0.001 for milliseconds. */
      readonly unitSeconds: number;
    }
  | { readonly kind: "ratio"; readonly bad: CohortSelectors; readonly total: CohortSelectors }
  | { readonly kind: "gauge"; readonly values: CohortSelectors }
  | {
      readonly kind: "condition";
      readonly values: CohortSelectors;
      readonly op: "==" | "!=" | ">" | ">=" | "<" | "<=";
      readonly threshold: number;
    };

/** Every metric's query, in the spec's order, and whose pods the series' labels name. */
export interface Telemetry {
  readonly queries: readonly MetricQuery[];
  /**
   * `server`: the scraped pod is the judged one, so warm-up runs by its age.
   * `client`: the series come from callers or a proxy, so warm-up runs from the cohort's first sample.
   */
  readonly scrapedPod: "server" | "client";
  /** Labels that name the scraped process, first present wins; resets are decided per such process. */
  readonly podLabels: readonly string[];
}

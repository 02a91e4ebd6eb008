import type { CountMetricState, MetricState } from "../advance/state.ts";
import type { CounterFamily } from "../counting/counter-read.ts";
import type { Cohort } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { Selector } from "../selector.ts";
import type { CohortSelectors, MetricQuery } from "../telemetry.ts";
import { bucketSelector } from "./bucket-selectors.ts";

/** One question to the source: which series, whose, and what for. */
export interface Read {
  readonly metric: number;
  readonly cohort: Cohort;
  readonly selector: Selector;
  readonly role: ReadRole;
}

/** `bad` is a ratio's numerator; `allBuckets` reads a histogram whose boundaries, or even form, are not known yet. */
export type ReadRole =
  | { readonly kind: "counter"; readonly part: "main" | "bad"; readonly family: CounterFamily }
  | { readonly kind: "allBuckets"; readonly form: "classic" | "native" }
  | { readonly kind: "value" };

/** What has to be read at a look, given what is known of each metric's boundaries. */
export function readsOf(plan: Plan, metrics: readonly MetricState[]): readonly Read[] {
  return plan.telemetry.queries.flatMap((query, metric) =>
    readsOfMetric(query, metrics[metric]).flatMap(({ selectors, role }) =>
      (["canary", "baseline"] as const).flatMap((cohort): Read[] => {
        const selector = selectors[cohort];
        return selector === null ? [] : [{ metric, cohort, selector, role }];
      }),
    ),
  );
}

function readsOfMetric(
  query: MetricQuery,
  state: MetricState | undefined,
): { selectors: CohortSelectors; role: ReadRole }[] {
  const counter = (part: "main" | "bad", family: CounterFamily): ReadRole => ({
    kind: "counter",
    part,
    family,
  });
  switch (query.kind) {
    case "errors":
      return [{ selectors: query.requests, role: counter("main", { kind: "requests", bad: query.bad }) }];
    case "ratio":
      return [
        { selectors: query.total, role: counter("main", { kind: "requests", bad: [] }) },
        { selectors: query.bad, role: counter("bad", { kind: "requests", bad: [] }) },
      ];
    case "latency":
      return latencyReads(query.histogram, state?.kind === "counts" ? state : null);
    case "gauge":
      return [{ selectors: query.values, role: { kind: "value" } }];
    case "condition":
      return [{ selectors: { ...query.values, baseline: null }, role: { kind: "value" } }];
  }
}

function latencyReads(histogram: CohortSelectors, state: CountMetricState | null) {
  const buckets = (boundaries: readonly number[] | null): CohortSelectors => ({
    canary: bucketSelector(histogram.canary, boundaries),
    baseline: histogram.baseline && bucketSelector(histogram.baseline, boundaries),
  });
  const layout = state?.layout ?? null;
  if (layout !== null) {
    const family: CounterFamily = { kind: "histogram", boundaries: layout.boundaries };
    const role = { kind: "counter", part: "main", family } as const;
    return [{ selectors: layout.form === "native" ? histogram : buckets(layout.boundaries), role }];
  }
  const distribution = state?.distribution ?? null;
  const known = distribution === null || distribution.bounds.length === 0 ? undefined : distribution.form;
  const classic = { selectors: buckets(null), role: { kind: "allBuckets", form: "classic" } as const };
  const native = { selectors: histogram, role: { kind: "allBuckets", form: "native" } as const };
  if (known === undefined) return [classic, native];
  return [known === "native" ? native : classic];
}

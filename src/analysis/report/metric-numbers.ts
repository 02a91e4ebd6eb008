import { bernoulliCS } from "../../engine/intervals/bernoulli-sequence.ts";
import { newcombe } from "../../engine/intervals/newcombe.ts";
import { bucketQuantileCS } from "../../engine/intervals/quantile-sequence.ts";
import { ratioCS } from "../../engine/intervals/ratio-sequence.ts";
import { wilson } from "../../engine/intervals/wilson.ts";
import type { CountMetricState, MetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { MetricEvidence } from "../decide/evidence-of.ts";
import type { Plan } from "../plan/plan.ts";
import type { CohortSummary, MetricResult, QuantileSummary } from "../result.ts";
import type { CountMetric } from "../spec/count-metric.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { badText, shownCounts, shownIndexes } from "./compared-text.ts";

type Numbers = Pick<MetricResult, "counts" | "canary" | "baseline" | "difference" | "ratio" | "quantile">;

/** What is shown is at 95 %, whatever the budget the verdict is decided on. */
const confidence = 0.95;

/** Where the quantile ranges are tightest; fixed beforehand, as a sequence valid at every look must be. */
const plannedRequests = 1_000;

/** The counts, rates, intervals and quantiles to show for a metric: the picture beside the decision. */
export function metricNumbers(
  plan: Plan,
  index: number,
  state: MetricState,
  evidence: MetricEvidence | null,
): Numbers {
  const metric = plan.spec.metrics[index];
  if (metric === undefined || !isCountMetric(metric) || state.kind !== "counts") {
    const what = metric?.kind === "gauge" || metric?.kind === "condition" ? metric.query : "";
    return { counts: what, canary: null, baseline: null, difference: null, ratio: null, quantile: null };
  }
  const { nc, xc, nb, xb } = shownCounts(state, evidence);
  const hasBaseline = plan.spec.baseline !== null;
  return {
    counts: badText(metric, state, evidence),
    canary: summary(xc, nc),
    baseline: hasBaseline ? summary(xb, nb) : null,
    difference: hasBaseline ? newcombe({ total: nc, bad: xc }, { total: nb, bad: xb }, confidence) : null,
    ratio: hasBaseline ? ratio(state, evidence) : null,
    quantile: quantile(plan, metric, state),
  };
}

function summary(bad: number, total: number): CohortSummary {
  return {
    total,
    bad,
    rate: total === 0 ? null : bad / total,
    interval: wilson(bad, total, confidence),
    sequence: bernoulliCS(bad, total, 1 - confidence, plannedRequests),
  };
}

function ratio(state: CountMetricState, evidence: MetricEvidence | null): Numbers["ratio"] {
  if (state.layout === null) return null;
  const at = shownIndexes(state.layout, evidence);
  const rows = state.rows
    .filter(({ nc, nb }) => nc > 0 && nb > 0)
    .map(({ nc, nb, xc, xb }) => [nc, xc[at.canary] ?? 0, nb, xb[at.baseline] ?? 0] as const);
  return rows.length === 0 ? null : ratioCS(rows, 1 - confidence);
}

function quantile(plan: Plan, metric: CountMetric, state: CountMetricState): QuantileSummary | null {
  const { layout } = state;
  if (metric.kind !== "latency" || layout === null) return null;
  const q = metric.quantile ?? 0.99;
  const range = (cohort: "canary" | "baseline") => {
    const counts = layout.boundaries.map((_, i) => totals(state.rows, i, i));
    const total = cohort === "canary" ? (counts[0]?.nc ?? 0) : (counts[0]?.nb ?? 0);
    const within = counts.map(({ nc, xc, nb, xb }) => (cohort === "canary" ? nc - xc : nb - xb));
    const found = bucketQuantileCS({
      boundaries: layout.boundaries,
      cumulative: within,
      total,
      q,
      alpha: 1 - confidence,
      plannedTotal: plannedRequests,
    });
    return {
      low: found.low * layout.unitSeconds,
      high: found.high === null ? null : found.high * layout.unitSeconds,
    };
  };
  return { q, canary: range("canary"), baseline: plan.spec.baseline === null ? null : range("baseline") };
}

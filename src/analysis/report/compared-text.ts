import { formatCount, formatLatency, formatPercent, formatTimes } from "../../base/format.ts";
import type { CountMetricState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { MetricEvidence, QuestionEvidence } from "../decide/evidence-of.ts";
import { type CountIndexes, indexes } from "../decide/question-verdict.ts";
import type { Layout } from "../latency/layout.ts";
import type { CountMetric } from "../spec/count-metric.ts";

/** The question with the most to say: most weighted fail evidence; null before any is asked. */
export function strongest(evidence: MetricEvidence | null): QuestionEvidence | null {
  const questions = evidence?.questions ?? [];
  const counted = ({ fail, withheld }: QuestionEvidence) => (withheld ? 0 : fail);
  return questions.reduce<QuestionEvidence | null>(
    (best, one) => (best === null || counted(one) > counted(best) ? one : best),
    null,
  );
}

/** Which of a metric's counts are shown: those of the strongest question's strongest boundary. */
export function shownIndexes(
  layout: Layout,
  evidence: MetricEvidence | null,
): { canary: number; baseline: number } {
  const question = strongest(evidence);
  if (question === null) {
    const at = layout.compare[0] ?? layout.limit?.fail ?? layout.slower?.baseline ?? 0;
    return { canary: at, baseline: at };
  }
  if (question.kind === "limit") {
    const at = layout.limit?.fail ?? 0;
    return { canary: at, baseline: at };
  }
  if (question.kind === "slower" && layout.slower !== null) {
    return { canary: layout.slower.fail, baseline: layout.slower.baseline };
  }
  const fails = question.boundaries.map(({ fail }) => fail);
  const at = fails.indexOf(Math.max(...fails));
  return indexes(layout, question.kind)[at] ?? { canary: 0, baseline: 0 };
}

export function shownCounts(state: CountMetricState, evidence: MetricEvidence | null) {
  const at = state.layout === null ? { canary: 0, baseline: 0 } : shownIndexes(state.layout, evidence);
  return totals(state.rows, at.canary, at.baseline);
}

/** What `bad` counts, for people: `errors`, `slower than 250 ms` (the canary's boundary, where they differ). */
export function badText(
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence | null,
): string {
  if (metric.kind === "errors") return "errors";
  if (metric.kind === "ratio") return "bad events";
  if (state.layout === null) return "slow requests";
  return slowerThan(state.layout, shownIndexes(state.layout, evidence).canary);
}

/**
 * `errors: canary 8.1 % (162 of 2,000), baseline 0.50 % (90 of 18,000), 16×`.
 *
 * @param at which counts to show; null for those of the strongest evidence.
 */
export function comparedText(
  metric: CountMetric,
  state: CountMetricState,
  evidence: MetricEvidence | null,
  at: CountIndexes | null = null,
): string {
  const { layout, rows } = state;
  const shown = at ?? (layout === null ? { canary: 0, baseline: 0 } : shownIndexes(layout, evidence));
  const slow = (index: number | null) =>
    metric.kind === "latency" && layout !== null ? ` ${slowerThan(layout, index)}` : "";
  const whats = { canaryWhat: slow(shown.canary), baselineWhat: slow(shown.baseline) };
  return `${metric.name}: ${rateTexts({ ...totals(rows, shown.canary, shown.baseline), ...whats })}`;
}

/** Both cohorts' counts as rates and how many times the one is the other; `What` says what is counted, where that needs saying. */
export function rateTexts(shown: {
  readonly nc: number;
  readonly xc: number;
  readonly nb: number;
  readonly xb: number;
  readonly canaryWhat: string;
  readonly baselineWhat: string;
}): string {
  const { nc, xc, nb, xb } = shown;
  const parts = [`canary ${rateText(xc, nc, shown.canaryWhat)}`];
  if (nb > 0) parts.push(`baseline ${rateText(xb, nb, shown.baselineWhat)}`);
  if (nc > 0 && nb > 0 && xb > 0) parts.push(formatTimes(xc / nc / (xb / nb)));
  return parts.join(", ");
}

function rateText(bad: number, total: number, what: string): string {
  if (total === 0) return "no requests";
  return `${formatPercent(bad / total)}${what} (${formatCount(bad)} of ${formatCount(total)})`;
}

function slowerThan({ boundaries, unitSeconds }: Layout, index: number | null): string {
  if (index === null) return "slower than the objective";
  return `slower than ${formatLatency((boundaries[index] ?? 0) * unitSeconds)}`;
}

import { logCompare } from "../../engine/sequential/compare-test.ts";
import { logLimit } from "../../engine/sequential/limit-test.ts";
import { logSign } from "../../engine/sequential/sign-test.ts";
import { marginsOf } from "../advance/count-metric.ts";
import type { AnalysisState, CountMetricState, GaugeMetricState, QuestionState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import { compareTests, limitRate, limitTests, type Plan } from "../plan/plan.ts";
import { type CountMetric, isCountMetric } from "../spec/count-metric.ts";

/** One question's evidence as e-values. */
export interface QuestionEvidence {
  readonly kind: "compare" | "slower" | "limit" | "gauge";
  /** Against "not worse than allowed": the mean over a latency metric's boundaries. */
  readonly fail: number;
  /** Against "worse than allowed": the least over the boundaries, since each must be shown to be fine (stats.md §11.1). */
  readonly pass: number;
  /** One entry a boundary. */
  readonly boundaries: readonly { readonly fail: number; readonly pass: number }[];
  /** Share of the false-alarm budget; 0 for what does not gate. */
  readonly share: number;
  /** The baseline breaks this limit too, so its fail is not held against the canary (§11.7). */
  readonly withheld: boolean;
}

/** A metric's evidence: a mean of its questions' e-values is an e-value again. */
export interface MetricEvidence {
  readonly fail: number;
  readonly pass: number;
  readonly share: number;
  readonly questions: readonly QuestionEvidence[];
}

/** Everything the decision rule looks at. */
export interface AnalysisEvidence {
  /** In the spec's order; null where nothing is tested (conditions, boundaries not yet chosen). */
  readonly metrics: readonly (MetricEvidence | null)[];
  /** Of the outage channel; 1 where there is none. */
  readonly outage: number;
  /** Σ w·E over gating metrics and the outage channel: what crosses 1/α aborts (§4). */
  readonly combined: number;
}

/** The evidence at this look, the running tick's counts included under its cap. */
export function evidenceOf(plan: Plan, state: AnalysisState): AnalysisEvidence {
  const metrics = state.metrics.map((metric, i): MetricEvidence | null => {
    const spec = plan.spec.metrics[i];
    const share = plan.shares.metrics[i] ?? 0;
    if (spec === undefined || metric.kind === "condition") return null;
    if (metric.kind === "gauge") return gaugeEvidence(metric, share);
    if (!isCountMetric(spec) || metric.layout === null) return null;
    return countEvidence(plan, spec, metric, plan.shares.questions[i] ?? []);
  });
  const outage = state.outage === null ? 1 : eValue(logCompare(plan.outageTest, state.outage.test));
  const combined = metrics.reduce(
    (sum, metric) =>
      sum + (metric?.questions ?? []).reduce((part, one) => part + one.share * countedFail(one), 0),
    plan.shares.outage * outage,
  );
  return { metrics, outage, combined };
}

/** The fail evidence that counts: a withheld limit cannot speak against the canary. */
function countedFail({ fail, withheld }: QuestionEvidence): number {
  return withheld ? Math.min(fail, 1) : fail;
}

function gaugeEvidence(metric: GaugeMetricState, share: number): MetricEvidence {
  const fail = eValue(logSign(metric.fail));
  const pass = eValue(logSign(metric.pass));
  const questions = [
    { kind: "gauge", fail, pass, boundaries: [{ fail, pass }], share, withheld: false } as const,
  ];
  return { fail, pass, share, questions };
}

function countEvidence(
  plan: Plan,
  spec: CountMetric,
  state: CountMetricState,
  shares: readonly number[],
): MetricEvidence {
  const questions: QuestionEvidence[] = [];
  for (const [i, question] of state.questions.entries()) {
    const boundaries = boundaryEvidence(plan, spec, state, question);
    const evidence = {
      kind: question.kind,
      fail: boundaries.reduce((sum, { fail }) => sum + fail, 0) / Math.max(1, boundaries.length),
      pass: boundaries.length === 0 ? 0 : Math.min(...boundaries.map(({ pass }) => pass)),
      boundaries,
      share: shares[i] ?? 0,
      withheld: false,
    };
    questions.push({ ...evidence, withheld: isWithheld(plan, spec, state, question.kind, questions) });
  }
  const fails = questions.map(countedFail);
  return {
    fail: fails.reduce((sum, fail) => sum + fail, 0) / Math.max(1, fails.length),
    pass: Math.min(...questions.map(({ pass }) => pass)),
    share: shares.reduce((sum, share) => sum + share, 0),
    questions,
  };
}

function boundaryEvidence(plan: Plan, spec: CountMetric, state: CountMetricState, question: QuestionState) {
  if (question.kind === "limit") {
    const tests = limitTests(plan, limitRate(spec), state.dispersion);
    return [
      {
        fail: eValue(logLimit(tests.fail, question.fail)),
        pass: eValue(logLimit(tests.pass, question.pass)),
      },
    ];
  }
  const tests = compareTests(plan, marginsOf(spec, question.kind), state.dispersion);
  const fails = question.kind === "compare" ? question.fail : [question.fail];
  const passes = question.kind === "compare" ? question.pass : [question.pass];
  return fails.flatMap((fail, i) => {
    const pass = passes[i];
    if (pass === undefined) return [];
    return [{ fail: eValue(logCompare(tests.fail, fail)), pass: eValue(logCompare(tests.pass, pass)) }];
  });
}

function isWithheld(
  plan: Plan,
  spec: CountMetric,
  state: CountMetricState,
  kind: QuestionState["kind"],
  before: readonly QuestionEvidence[],
): boolean {
  if (kind !== "limit" || plan.spec.baseline === null || spec.limit === null || spec.limit.absolute)
    return false;
  const at = state.layout?.limit?.fail ?? 0;
  const { nb, xb } = totals(state.rows, at, at);
  const compare = before.find((question) => question.kind === "compare");
  const compareFailed =
    compare !== undefined && compare.fail * compare.share * plan.spec.budget.falseAlarm >= 1;
  return nb > 0 && xb / nb > limitRate(spec) && !compareFailed;
}

/** Kept finite, so that it survives JSON and sums: e^700 is beyond every threshold. */
function eValue(log: number): number {
  return Math.exp(Math.min(log, 700));
}

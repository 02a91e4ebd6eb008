import {
  type CompareTest,
  commitCompare,
  lookCompare,
  startCompare,
} from "../../engine/sequential/compare-test.ts";
import { commitLimit, lookLimit, startLimit } from "../../engine/sequential/limit-test.ts";
import { sumDistributions } from "../latency/distribution.ts";
import { chooseLayout, type Layout, leastHistory } from "../latency/layout.ts";
import type { Distribution, MetricObservation, Stratum, Tally } from "../observation.ts";
import { compareTests, limitRate, limitTests, type Plan, slowerMargins } from "../plan/plan.ts";
import { type CountMetric, countQuestions } from "../spec/count-metric.ts";
import type { PairedLook } from "./pair-scrapes.ts";
import { lookSilence } from "./silence.ts";
import type { CountMetricState, QuestionState } from "./state.ts";
import { addToRows } from "./stratum-rows.ts";

/** A count metric before its first look; a latency metric has yet to choose its boundaries. */
export function startCountMetric(plan: Plan, metric: CountMetric, layout: Layout | null): CountMetricState {
  const dispersion = plan.spec.dispersion === "auto" ? 1 : plan.spec.dispersion;
  return {
    kind: "counts",
    layout,
    distribution: null,
    questions: layout === null ? [] : startQuestions(plan, metric, layout, dispersion),
    rows: [],
    pods: [],
    podsWithBad: [],
    sampled: { canary: false, baseline: false },
    silence: [],
    unpaired: [],
    settledTicks: 0,
    settledNow: false,
    droppedLooks: 0,
    dispersion,
  };
}

/** The questions of a metric without evidence, for instance once its boundaries or its dispersion are known. */
export function startQuestions(
  plan: Plan,
  metric: CountMetric,
  layout: Layout,
  dispersion: number,
): QuestionState[] {
  return countQuestions(metric).map((kind): QuestionState => {
    if (kind === "limit") {
      const tests = limitTests(plan, limitRate(metric), dispersion);
      return { kind, fail: startLimit(tests.fail), pass: startLimit(tests.pass) };
    }
    const tests = compareTests(plan, marginsOf(metric, kind), dispersion);
    if (kind === "slower") return { kind, fail: startCompare(tests.fail), pass: startCompare(tests.pass) };
    const each = (test: CompareTest) => layout.compare.map(() => startCompare(test));
    return { kind, fail: each(tests.fail), pass: each(tests.pass) };
  });
}

/** The margins a question is asked with. */
export function marginsOf(metric: CountMetric, kind: "compare" | "slower") {
  if (kind === "slower" || metric.compare === null) return slowerMargins;
  return { fail: metric.compare.failAbove, pass: metric.compare.passBelow };
}

/** What a count metric is to know of a look beside what it saw. */
export interface CountLook {
  /** Of the source's unit of latency. */
  readonly unitSeconds: number;
  /** Whether the boundaries of a latency metric may be chosen at this look. */
  readonly mayChoose: boolean;
  /** How much time the look stands for. */
  readonly lookedMs: number;
  /** What can be compared; null where nothing was counted. */
  readonly paired: PairedLook | null;
}

/** Adds one look to the running tick of every question. */
export function lookCountMetric(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  observation: MetricObservation,
  { unitSeconds, mayChoose, lookedMs, paired }: CountLook,
): CountMetricState {
  if (observation.kind === "dropped") {
    const silence = lookSilence(state.silence, null, lookedMs);
    return { ...state, silence, droppedLooks: state.droppedLooks + 1 };
  }
  if (observation.kind === "distribution") {
    const distribution = addDistribution(state.distribution, observation.distribution);
    return settleLayout(plan, metric, { ...state, distribution }, unitSeconds, mayChoose);
  }
  if (observation.kind !== "counts" || state.layout === null || paired === null) return state;
  const { layout } = state;
  const { strata } = observation;
  const counts = { strata, paired: paired.strata };
  return {
    ...state,
    questions: state.questions.map((question) => lookQuestion(plan, metric, state, layout, question, counts)),
    rows: paired.strata.reduce(
      (rows, { canary, baseline }) => addToRows(rows, canary.settled, baseline?.settled ?? null),
      state.rows,
    ),
    pods: addPods(
      state.pods,
      strata.flatMap(({ canary }) => canary.pods),
    ),
    podsWithBad: addPods(
      state.podsWithBad,
      strata.flatMap(({ canary }) => canary.podsWithBad),
    ),
    sampled: {
      canary: state.sampled.canary || strata.some(({ canary }) => canary.sampled),
      baseline: state.sampled.baseline || strata.some(({ baseline }) => baseline?.sampled === true),
    },
    silence: paired.silence,
    unpaired: paired.unpaired,
    settledNow: state.settledNow || paired.strata.some(isSettled),
  };
}

/** Commits the running tick of every question. */
export function commitCountMetric(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
): CountMetricState {
  const questions = state.questions.map((question): QuestionState => {
    if (question.kind === "limit") {
      const tests = limitTests(plan, limitRate(metric), state.dispersion);
      return {
        ...question,
        fail: commitLimit(tests.fail, question.fail),
        pass: commitLimit(tests.pass, question.pass),
      };
    }
    const tests = compareTests(plan, marginsOf(metric, question.kind), state.dispersion);
    if (question.kind === "slower") {
      return {
        ...question,
        fail: commitCompare(tests.fail, question.fail),
        pass: commitCompare(tests.pass, question.pass),
      };
    }
    return {
      kind: "compare",
      fail: question.fail.map((one) => commitCompare(tests.fail, one)),
      pass: question.pass.map((one) => commitCompare(tests.pass, one)),
    };
  });
  const settledTicks = state.settledTicks + (state.settledNow ? 1 : 0);
  return { ...state, questions, settledTicks, settledNow: false };
}

/** Whether there are settled requests to judge: of both cohorts, where there are two. */
function isSettled({ canary, baseline }: Stratum): boolean {
  return canary.settled.total > 0 && (baseline === null || baseline.settled.total > 0);
}

function lookQuestion(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  layout: Layout,
  question: QuestionState,
  { strata, paired }: { readonly strata: readonly Stratum[]; readonly paired: readonly Stratum[] },
): QuestionState {
  if (question.kind === "limit") {
    const tests = limitTests(plan, limitRate(metric), state.dispersion);
    const counts = (index: number | null) =>
      strata.map(({ canary }) => ({ total: canary.settled.total, bad: badAt(canary.settled, index) }));
    return {
      ...question,
      fail: lookLimit(tests.fail, question.fail, counts(layout.limit?.fail ?? null)),
      pass: lookLimit(tests.pass, question.pass, counts(layout.limit?.pass ?? null)),
    };
  }
  const tests = compareTests(plan, marginsOf(metric, question.kind), state.dispersion);
  if (question.kind === "slower") {
    const at = layout.slower;
    return {
      ...question,
      fail: lookCompare(tests.fail, question.fail, pairs(paired, at?.fail ?? null, at?.baseline ?? null)),
      pass: lookCompare(tests.pass, question.pass, pairs(paired, at?.pass ?? null, at?.baseline ?? null)),
    };
  }
  const each = (test: CompareTest, states: typeof question.fail) =>
    states.map((one, i) => {
      const index = layout.compare[i] ?? null;
      return lookCompare(test, one, pairs(paired, index, index));
    });
  return { kind: "compare", fail: each(tests.fail, question.fail), pass: each(tests.pass, question.pass) };
}

function pairs(strata: readonly Stratum[], canaryIndex: number | null, baselineIndex: number | null) {
  return strata.map(({ canary, baseline }) => ({
    nc: canary.settled.total,
    xc: badAt(canary.settled, canaryIndex),
    nb: baseline?.settled.total ?? 0,
    xb: baseline === null ? 0 : badAt(baseline.settled, baselineIndex),
  }));
}

/** Enough to tell one pod from several. */
const mostPodsKept = 10;

function addPods(known: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more])].slice(0, mostPodsKept);
}

/** Bad events at a boundary; without a boundary as low as asked, every event counts as bad, so that side can never pass. */
function badAt(tally: Tally, index: number | null): number {
  return index === null ? tally.total : (tally.bad[index] ?? 0);
}

function settleLayout(
  plan: Plan,
  metric: CountMetric,
  state: CountMetricState,
  unitSeconds: number,
  mayChoose: boolean,
): CountMetricState {
  const { distribution } = state;
  if (metric.kind !== "latency" || distribution === null || distribution.bounds.length === 0) return state;
  const needsBaseline = metric.compare !== null || metric.slower !== null;
  const enough = distribution.baseline.total >= leastHistory && mayChoose;
  if (needsBaseline && !enough) return state;
  const layout = chooseLayout(metric, distribution, unitSeconds);
  return {
    ...state,
    layout,
    distribution: null,
    questions: startQuestions(plan, metric, layout, state.dispersion),
  };
}

/** A histogram that is found in another form than before is another histogram; a look that found none changes nothing. */
function addDistribution(known: Distribution | null, more: Distribution): Distribution {
  if (known === null || known.bounds.length === 0) return more;
  if (more.bounds.length === 0) return known;
  return known.form === more.form ? sumDistributions([known, more]) : more;
}

import type { Problem } from "../../base/errors.ts";
import type { CompareState } from "../../engine/sequential/compare-test.ts";
import type { AnalysisState, CountMetricState, QuestionState } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { Layout } from "../latency/layout.ts";
import type { Plan } from "../plan/plan.ts";
import { type CountMetric, countQuestions } from "../spec/count-metric.ts";
import { layoutProblems } from "./layout-problems.ts";
import { lengthProblems } from "./length-problems.ts";
import { questionProblems } from "./question-problems.ts";

/** A count metric of a saved state, and what it must fit. */
export interface SavedCountMetric {
  readonly plan: Plan;
  readonly index: number;
  readonly metric: CountMetric;
  readonly state: AnalysisState;
  readonly known: CountMetricState;
  readonly path: string;
}

/** Why a count metric's state cannot be of this metric; empty if it can. */
export function countMetricProblems(saved: SavedCountMetric): Problem[] {
  const { plan, index, metric, known, path } = saved;
  const problems = layoutProblems(plan, index, metric, known.layout, `${path}.layout`);
  if (problems.length > 0) return problems;
  const shape = known.layout === null ? unchosenProblems(saved) : askedProblems(saved, known.layout);
  return [
    ...shape,
    ...dispersionProblems(saved),
    ...silenceProblems(saved),
    ...unpairedProblems(saved),
    ...tickProblems(saved),
  ];
}

/** While the boundaries are not chosen there is nothing but what they will be chosen from. */
function unchosenProblems({ known, path }: SavedCountMetric): Problem[] {
  const { distribution, questions, rows } = known;
  const because = "no boundary is chosen yet";
  const problems = [
    ...lengthProblems(`${path}.questions`, questions, 0, because),
    ...lengthProblems(`${path}.rows`, rows, 0, because),
  ];
  if (distribution === null) return problems;
  const { bounds, baseline } = distribution;
  const at = `${path}.distribution.baseline.bad`;
  return [...problems, ...lengthProblems(at, baseline.bad, bounds.length, "one a boundary")];
}

function askedProblems(saved: SavedCountMetric, layout: Layout): Problem[] {
  const { metric, known, path, state } = saved;
  const problems: Problem[] = [];
  if (known.distribution !== null) {
    problems.push({ path: `${path}.distribution`, message: "the boundaries are already chosen" });
  }
  const asked = countQuestions(metric);
  const kinds = known.questions.map(({ kind }) => kind);
  if (kinds.join() !== asked.join()) {
    const message = `expected ${asked.join(", ")}, as ${metric.name} asks, got ${kinds.join(", ") || "none"}`;
    return [...problems, { path: `${path}.questions`, message }];
  }
  problems.push(...rowProblems(known, layout, path));
  for (const [i, question] of known.questions.entries()) {
    const at = `${path}.questions.${i}`;
    const shape = questionProblems(at, question, layout, state.ticks);
    problems.push(...shape, ...(shape.length === 0 ? contradictions(known, layout, question, at) : []));
  }
  return problems;
}

function rowProblems({ rows }: CountMetricState, layout: Layout, path: string): Problem[] {
  const senses = sensesOf(layout);
  const because = "one a boundary";
  const problems = rows.flatMap(({ nc, nb, xc, xb }, i) => {
    const at = `${path}.rows.${i}`;
    const isTooMany = xc.some((x) => x > nc) || xb.some((x) => x > nb);
    return [
      ...lengthProblems(`${at}.xc`, xc, senses, because),
      ...lengthProblems(`${at}.xb`, xb, senses, because),
      ...(isTooMany ? [{ path: at, message: "more bad than total" }] : []),
    ];
  });
  if (problems.length > 0 || layout.form === "events" || isFalling(rows, senses)) return problems;
  return [
    {
      path: `${path}.rows`,
      message: "more events are slower than a boundary than are slower than the one below it",
    },
  ];
}

/** Whatever is slower than a boundary is slower than those below it. */
function isFalling(rows: CountMetricState["rows"], boundaries: number): boolean {
  const sums = Array.from({ length: boundaries }, (_, i) => totals(rows, i, i));
  return sums.every(({ xc, xb }, i) => {
    const below = sums[i - 1];
    return below === undefined || (xc <= below.xc && xb <= below.xb);
  });
}

/** The evidence has met each request of the baseline that the rows hold, no more and no less. */
function contradictions(
  { rows }: CountMetricState,
  layout: Layout,
  question: QuestionState,
  path: string,
): Problem[] {
  if (question.kind === "limit") return [];
  const isCompare = question.kind === "compare";
  const indexes = isCompare ? layout.compare : [layout.slower?.baseline ?? 0];
  const sides = isCompare ? [question.fail, question.pass] : [[question.fail], [question.pass]];
  const differs = indexes.some((at, i) => {
    const { nb, xb } = totals(rows, at, at);
    return sides.some((side) => !hasMet(side[i], nb, xb));
  });
  return differs ? [{ path, message: "its requests of the baseline are not those of the rows" }] : [];
}

function hasMet(test: CompareState | undefined, requests: number, bad: number): boolean {
  if (test === undefined) return false;
  const { past, running } = test;
  return isAbout(past.requests + running.requests, requests) && isAbout(past.bad + running.bad, bad);
}

/** Equal but for the order in which fractional counts were added. */
function isAbout(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1, a, b);
}

function dispersionProblems({ plan, known, path }: SavedCountMetric): Problem[] {
  const { dispersion } = plan.spec;
  if (dispersion === "auto" || dispersion === known.dispersion) return [];
  return [
    { path: `${path}.dispersion`, message: `expected the spec's ${dispersion}, got ${known.dispersion}` },
  ];
}

function silenceProblems({ plan, known, path }: SavedCountMetric): Problem[] {
  const { silence, rows, sampled } = known;
  // Kept from the first look on that was counted.
  const isCounted = rows.length > 0 || sampled.canary || sampled.baseline;
  if (silence.length === 0 && !isCounted) return [];
  const problems = lengthProblems(`${path}.silence`, silence, plan.spec.sources.length, "one a source");
  if (plan.spec.baseline === null && silence.some(({ baseline }) => baseline !== null)) {
    problems.push({ path: `${path}.silence`, message: "tells of a baseline, and the spec has none" });
  }
  return problems;
}

/** What waits is of both cohorts, and in as many senses as the rows. */
function unpairedProblems({ plan, known, path }: SavedCountMetric): Problem[] {
  const { unpaired, silence, layout } = known;
  const at = `${path}.unpaired`;
  const problems = lengthProblems(at, unpaired, silence.length, "as many as of silence");
  const waiting = unpaired.filter((one) => one !== null);
  if (waiting.length === 0) return problems;
  if (layout === null || plan.spec.baseline === null)
    return [...problems, { path: at, message: "waits for a comparison that is not made" }];
  const cohorts = waiting.flatMap(({ canary, baseline }) => [canary, baseline]);
  for (const { total, bad } of cohorts.flatMap(({ settled, warming }) => [settled, warming])) {
    problems.push(...lengthProblems(at, bad, sensesOf(layout), "one a boundary"));
    if (bad.some((x) => x > total)) problems.push({ path: at, message: "more bad than total" });
  }
  return problems;
}

function sensesOf({ form, boundaries }: Layout): number {
  return form === "events" ? 1 : boundaries.length;
}

function tickProblems({ known, path, state }: SavedCountMetric): Problem[] {
  if (known.settledTicks <= state.ticks) return [];
  const message = `expected at most the ${state.ticks} of the analysis, got ${known.settledTicks}`;
  return [{ path: `${path}.settledTicks`, message }];
}

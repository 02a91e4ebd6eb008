import { CoalmineError, type Problem } from "../base/errors.ts";
import type { GivenTick } from "./run/judge-counts.ts";
import type { AnalysisSpec, MetricSpec } from "./spec/model.ts";
import { suggestion } from "./spec/nearest-word.ts";

/** Counts and the part of a spec that they can answer. */
export interface CountedAnalysis {
  readonly spec: AnalysisSpec;
  readonly ticks: readonly GivenTick[];
}

/**
 * Fits a caller's counts to a spec. Metrics that counts cannot be given for
 * (latency, gauge, condition) are left out of the spec; an `errors` or `ratio`
 * metric that the caller gave no counts for stays, and has no data.
 *
 * @throws CoalmineError invalid-request, naming every tick and metric that does
 *   not fit: an unknown metric, a cohort too many or too few, more bad than total.
 */
export function fitTicks(spec: AnalysisSpec, ticks: readonly GivenTick[]): CountedAnalysis {
  const metrics = spec.metrics.filter(isCounted);
  if (metrics.length === 0) throw refused([{ path: "spec.metrics", message: noCounted }]);
  const problems = ticks.flatMap((tick, index) => tickProblems(spec, metrics, tick, `ticks.${index}.metrics`));
  if (problems.length > 0) throw refused(problems);
  return { spec: { ...spec, metrics }, ticks };
}

/**
 * Counts of a whole window as one tick, for the spec's one metric that takes them.
 *
 * @throws CoalmineError invalid-request if the spec has several, and as {@link fitTicks} does.
 */
export function fitCounts(spec: AnalysisSpec, counts: GivenTick["metrics"][string]): CountedAnalysis {
  const [metric, other] = spec.metrics.filter(isCounted);
  if (metric === undefined) throw refused([{ path: "spec.metrics", message: noCounted }]);
  if (other !== undefined) {
    const message = `fit ${metric.name} and ${other.name}; say which with ticks: [{metrics: {${metric.name}: …}}]`;
    throw refused([{ path: "counts", message }]);
  }
  const problems = cohortProblems(spec, counts, "counts");
  if (problems.length > 0) throw refused(problems);
  return fitTicks(spec, [{ metrics: { [metric.name]: counts } }]);
}

const noCounted = "has no metric of the kinds errors or ratio, which counts can be given for";

function isCounted(metric: MetricSpec): boolean {
  return metric.kind === "errors" || metric.kind === "ratio";
}

function tickProblems(
  spec: AnalysisSpec,
  metrics: readonly MetricSpec[],
  tick: GivenTick,
  at: string,
): readonly Problem[] {
  const names = metrics.map(({ name }) => name);
  return Object.entries(tick.metrics).flatMap(([name, counts]) => {
    const path = `${at}.${name}`;
    if (names.includes(name)) return cohortProblems(spec, counts, path);
    return [{ path, message: `is no metric of the spec that takes counts; ${suggestion(name, names)}` }];
  });
}

function cohortProblems(
  spec: AnalysisSpec,
  { canary, baseline }: GivenTick["metrics"][string],
  at: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.baseline === null && baseline !== null) {
    problems.push({ path: `${at}.baseline`, message: "the spec names no baseline; add cohorts.baseline to it" });
  }
  if (spec.baseline !== null && baseline === null) {
    problems.push({ path: `${at}.baseline`, message: "is missing; the spec names a baseline" });
  }
  for (const [cohort, counts] of [["canary", canary], ["baseline", baseline]] as const) {
    if (counts === null || counts.bad <= counts.total) continue;
    const message = `expected at most total, ${counts.total}, got ${counts.bad}`;
    problems.push({ path: `${at}.${cohort}.bad`, message });
  }
  return problems;
}

function refused(problems: readonly Problem[]): CoalmineError {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new CoalmineError("invalid-request", `the counts do not fit: ${first?.path} ${first?.message}${more}`, {
    problems,
  });
}

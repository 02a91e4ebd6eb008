import { CoalmineError, type Problem } from "../base/errors.ts";
import type { GivenTick } from "./run/judge-counts.ts";
import type { AnalysisSpec, MetricSpec } from "./spec/model.ts";

type Counts = GivenTick["metrics"][string];

/** Counts and the part of a spec that they can answer. */
export interface CountedAnalysis {
  readonly spec: AnalysisSpec;
  readonly ticks: readonly GivenTick[];
}

/**
 * Fits a caller's counts to a spec. Metrics that counts cannot be given for
 * (latency, gauge, condition) are left out of it, and so out of the result.
 *
 * @throws CoalmineError invalid-request if no metric is left, or for every tick
 *   with a baseline where the spec has none, or the other way round.
 */
export function fitTicks(spec: AnalysisSpec, ticks: readonly GivenTick[]): CountedAnalysis {
  const metrics = spec.metrics.filter(isCounted);
  if (metrics.length === 0) throw refused([noCounted]);
  const problems = ticks.flatMap((tick, index) =>
    Object.entries(tick.metrics).flatMap(([name, counts]) =>
      baselineProblems(spec, counts, `ticks.${index}.metrics.${name}.baseline`),
    ),
  );
  if (problems.length > 0) throw refused(problems);
  return { spec: { ...spec, metrics }, ticks };
}

/**
 * Counts of a whole window as one tick, for the spec's one metric that takes them.
 *
 * @throws CoalmineError invalid-request if the spec has several, and as {@link fitTicks} does.
 */
export function fitCounts(spec: AnalysisSpec, counts: Counts): CountedAnalysis {
  const [metric, other] = spec.metrics.filter(isCounted);
  if (metric === undefined) throw refused([noCounted]);
  if (other !== undefined) {
    const message = `fit ${metric.name} and ${other.name}; say which with ticks: [{metrics: {${metric.name}: …}}]`;
    throw refused([{ path: "counts", message }]);
  }
  const problems = baselineProblems(spec, counts, "counts.baseline");
  if (problems.length > 0) throw refused(problems);
  return fitTicks(spec, [{ metrics: { [metric.name]: counts } }]);
}

const noCounted: Problem = {
  path: "spec.metrics",
  message: "holds no metric of the kinds errors or ratio, which counts can be given for",
};

function isCounted({ kind }: MetricSpec): boolean {
  return kind === "errors" || kind === "ratio";
}

function baselineProblems(spec: AnalysisSpec, { baseline }: Counts, path: string): readonly Problem[] {
  if ((spec.baseline === null) === (baseline === null)) return [];
  if (baseline === null) return [{ path, message: "is missing; the spec names a baseline" }];
  return [{ path, message: "is given, but the spec names no baseline; add cohorts.baseline to it" }];
}

function refused(problems: readonly Problem[]): CoalmineError {
  const told = problems.map(({ path, message }) => `${path} ${message}`);
  return new CoalmineError("invalid-request", `the counts do not fit: ${told.join("; ")}`, { problems });
}

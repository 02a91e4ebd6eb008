import { CoalmineError, type Problem } from "../../base/errors.ts";
import { advance, startAnalysis } from "../advance/advance.ts";
import type { CohortCounts, MetricObservation } from "../observation.ts";
import { planAnalysis } from "../plan/plan.ts";
import { buildResult } from "../report/build-result.ts";
import type { AnalysisResult } from "../result.ts";
import type { AnalysisSpec } from "../spec/model.ts";

/** Events of one cohort in one tick, as a caller counted them. */
export interface GivenCounts {
  readonly total: number;
  readonly bad: number;
}

/** One tick of counts for each count metric (errors, ratio), by the metric's name. */
export interface GivenTick {
  readonly metrics: Readonly<
    Record<string, { readonly canary: GivenCounts; readonly baseline: GivenCounts | null }>
  >;
}

/** Without a tick to cap, evidence is what the counts are. */
const noCap = 1e300;

/**
 * Judges counts that the caller already has, tick by tick, by the same machine
 * as a live analysis; the last tick is the deadline.
 *
 * One tick of counts has no course in time, so its evidence is not capped: it
 * is right only if the events are independent of each other.
 *
 * @throws CoalmineError invalid-request if a tick lacks a metric of the spec,
 *   names another, or its counts cannot be true; invalid-spec if a metric of
 *   the spec cannot be given as counts.
 */
export function judgeCounts(options: {
  readonly id: string;
  readonly spec: AnalysisSpec;
  readonly startedAt: number;
  readonly ticks: readonly GivenTick[];
}): AnalysisResult {
  const { id, startedAt, ticks } = options;
  requireCountable(options.spec, ticks);
  const spec: AnalysisSpec = {
    ...options.spec,
    durationMs: Math.max(1, ticks.length) * options.spec.tickMs,
    evidenceCap: ticks.length === 1 ? noCap : options.spec.evidenceCap,
  };
  const plan = planAnalysis(spec);
  let state = startAnalysis(plan, startedAt);
  let now = startedAt;
  for (const tick of ticks) {
    now += spec.tickMs;
    const metrics = spec.metrics.map(({ name }): MetricObservation => {
      const given = givenFor(tick, name);
      if (given === undefined) return { kind: "dropped" };
      const baseline = spec.baseline === null || given.baseline === null ? null : cohort(given.baseline);
      return { kind: "counts", strata: [{ canary: cohort(given.canary), baseline }] };
    });
    state = advance(plan, state, { kind: "look", metrics, pods: [], warnings: [] }, now);
  }
  return buildResult(plan, state, id, now);
}

/** A metric may be called `constructor`, which every object has without anybody giving it. */
function givenFor({ metrics }: GivenTick, name: string): GivenTick["metrics"][string] | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

function cohort({ total, bad }: GivenCounts): CohortCounts {
  return {
    settled: { total, bad: [bad] },
    warming: { total: 0, bad: [0] },
    sampled: true,
    pods: [],
    podsWithBad: [],
  };
}

function requireCountable(spec: AnalysisSpec, ticks: readonly GivenTick[]): void {
  for (const { name, kind } of spec.metrics) {
    if (kind === "errors" || kind === "ratio") continue;
    const message = `${name} is of kind ${kind}; counts can be given for errors and ratio metrics`;
    throw new CoalmineError("invalid-spec", message, { problems: [{ path: `metrics.${name}`, message }] });
  }
  const names = spec.metrics.map(({ name }) => name);
  const problems = ticks.flatMap((tick, i) => tickProblems(tick, `ticks.${i}.metrics`, names));
  if (ticks.length === 0) problems.push({ path: "ticks", message: "needs at least one tick" });
  if (problems.length === 0) problems.push(...names.flatMap((name) => sumProblems(ticks, name)));
  if (problems.length === 0) return;
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new CoalmineError("invalid-request", text, { problems });
}

function tickProblems({ metrics }: GivenTick, path: string, names: readonly string[]): Problem[] {
  const missing = names.filter((name) => !Object.hasOwn(metrics, name));
  const wrong = Object.entries(metrics).flatMap(([name, { canary, baseline }]) => {
    if (!names.includes(name))
      return [{ name, message: `the spec has no such metric; it has ${names.join(", ")}` }];
    if (isPossible(canary) && (baseline === null || isPossible(baseline))) return [];
    return [{ name, message: "counts must be whole numbers with 0 <= bad <= total" }];
  });
  return [
    ...missing.map((name) => ({ path, message: `lacks ${name}` })),
    ...wrong.map(({ name, message }) => ({ path: `${path}.${name}`, message })),
  ];
}

/** Beyond 2^53 a sum of counts is no longer a count. */
function sumProblems(ticks: readonly GivenTick[], name: string): Problem[] {
  const sum = (cohort: "canary" | "baseline") =>
    ticks.reduce((total, tick) => total + (givenFor(tick, name)?.[cohort]?.total ?? 0), 0);
  if (Math.max(sum("canary"), sum("baseline")) <= Number.MAX_SAFE_INTEGER) return [];
  return [{ path: "ticks", message: `the requests of ${name} add up to more than 2^53` }];
}

function isPossible({ total, bad }: GivenCounts): boolean {
  return Number.isSafeInteger(total) && Number.isSafeInteger(bad) && bad >= 0 && bad <= total;
}

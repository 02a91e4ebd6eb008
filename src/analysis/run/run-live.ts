import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { advance, startAnalysis } from "../advance/advance.ts";
import { nextLookAfter } from "../advance/look-times.ts";
import type { AnalysisState } from "../advance/state.ts";
import type { Observation } from "../observation.ts";
import { observe } from "../observe/observe.ts";
import { type Plan, planAnalysis } from "../plan/plan.ts";
import type { SampleSource } from "../ports.ts";
import { buildResult, lookRecord } from "../report/build-result.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import { estimateDispersion } from "./estimate-dispersion.ts";
import type { AnalysisStep } from "./step.ts";

export interface RunLiveOptions {
  readonly id: string;
  readonly spec: AnalysisSpec;
  /** One for each of the spec's `sources`, in its order. */
  readonly sources: readonly SampleSource[];
  readonly clock: Clock;
  /** Milliseconds since the epoch at which the analysis starts; looks are counted from here. */
  readonly startedAt: number;
  /** The state to go on from; null starts anew. */
  readonly state: AnalysisState | null;
  /** The time that the first look is about; the one after the state's last look unless given. */
  readonly lookAt?: number;
  /** Looks up to this time are taken one by one, as live; of later ones that have passed, the latest only. The time of the opening unless given. */
  readonly catchUpTo?: number;
  /** How long after a look's time the source is asked, so that late samples have arrived; 0 for the scraper. */
  readonly ingestionDelayMs: number;
  /** `wait` keeps asking for the spec's `sourceTimeout`; `throw` gives up at once, as fits a past window. */
  readonly onSourceFailure?: "wait" | "throw";
  /** The canary's share of traffic in percent as the caller last set it; null while nobody said. Asked at every look. */
  readonly weight?: () => number | null;
  /** Aborting ends the analysis as inconclusive `cancelled`: one last step, then the end. */
  readonly signal: AbortSignal;
}

/**
 * Runs an analysis against the clock and yields a step after every look; ends
 * after the verdict.
 *
 * A look that comes late (the process was busy, the source slow) takes in all
 * that has passed: looks in between are left out, counts are not. What had passed
 * when the run was opened (its caller starts in the past, or was away) is looked
 * at look by look, as it would have been live.
 *
 * @throws CoalmineError invalid-spec when the cohorts cannot be told apart or a
 *   question cannot be answered by the histogram; query-rejected at the first
 *   look; source-unavailable only with `onSourceFailure: "throw"`.
 */
export async function* runLive(options: RunLiveOptions): AsyncGenerator<AnalysisStep> {
  const { spec, startedAt } = options;
  const plan = planAnalysis(spec);
  const catchUpTo = options.catchUpTo ?? timeOfSamples(options);
  let state = options.state ?? startAnalysis(plan, startedAt);
  let at = options.lookAt ?? firstLook(spec, startedAt, state);
  while (state.decision === null) {
    const observations = await seen(options, plan, state, at);
    const now = timeOf(observations, options, at);
    for (const observation of observations) state = advance(plan, state, observation, now);
    at = nextDue(options, at, state.sourceAway === null ? catchUpTo : at);
    yield stepOf(plan, state, options.id, now, at);
  }
}

/** The time that the look after a state's last one is about. */
export function firstLook(spec: AnalysisSpec, startedAt: number, { consumedTo }: AnalysisState): number {
  return consumedTo === null ? startedAt : nextLookAfter(spec, startedAt, consumedTo);
}

/** Counts are about the look's time; that the source is away, or the caller gave up, is about the moment it was met. */
function timeOf(observations: readonly Observation[], options: RunLiveOptions, at: number): number {
  const met = new Set(observations.map(({ kind }) => kind));
  if (met.has("cancel")) return options.clock.now();
  return met.has("sourceFailure") ? Math.max(at, timeOfSamples(options)) : at;
}

/** The newest moment whose samples can be read. */
function timeOfSamples({ clock, ingestionDelayMs }: RunLiveOptions): number {
  return clock.now() - ingestionDelayMs;
}

function stepOf(plan: Plan, state: AnalysisState, id: string, now: number, next: number): AnalysisStep {
  const result = buildResult(plan, state, id, now);
  const nextAt = state.decision === null ? next : null;
  return { state, result, look: lookRecord(result, now), nextAt };
}

/** What the look at `at` finds: counts (the first: the dispersion before them), a source that is away, or that the caller gave up. */
async function seen(
  options: RunLiveOptions,
  plan: Plan,
  state: AnalysisState,
  at: number,
): Promise<readonly Observation[]> {
  const { clock, signal, sources, startedAt, spec } = options;
  try {
    await clock.until(at + options.ingestionDelayMs, signal);
    const until = Math.min(at, startedAt + spec.durationMs);
    const look = await observe({ plan, state, sources, at: until, signal });
    const weight = weightChange(options, state);
    if (state.consumedTo !== null || spec.dispersion !== "auto") return [...weight, look];
    return [...weight, await estimateDispersion(plan, sources, startedAt, signal), look];
  } catch (thrown) {
    if (signal.aborted) return [{ kind: "cancel" }];
    const error = CoalmineError.from(thrown);
    const mayRecover = error.code === "source-unavailable" && options.onSourceFailure !== "throw";
    const wasAnswered = error.code === "query-rejected" && state.consumedTo !== null;
    if (mayRecover || wasAnswered) return [{ kind: "sourceFailure", message: error.message }];
    throw error;
  }
}

function weightChange(options: RunLiveOptions, state: AnalysisState): readonly Observation[] {
  const weight = options.weight?.() ?? null;
  return weight === null || weight === state.weight ? [] : [{ kind: "weight", weight }];
}

/** The next look that is not already past: the latest one due by now, or the one after `at`; up to `catchUpTo` none is left out. */
function nextDue(options: RunLiveOptions, at: number, catchUpTo: number): number {
  const { spec, startedAt } = options;
  const now = timeOfSamples(options);
  let due = nextLookAfter(spec, startedAt, at);
  for (let after = due; catchUpTo <= due && after <= now; after = nextLookAfter(spec, startedAt, after)) {
    due = after;
  }
  return due;
}

import type { Clock } from "../base/clock.ts";
import { CoalmineError, type Problem } from "../base/errors.ts";
import { fitCounts, fitTicks } from "./given-ticks.ts";
import { type NamedSource, pickSources } from "./pick-sources.ts";
import type { AnalysisResult } from "./result.ts";
import type { GivenTick, judgeCounts } from "./run/judge-counts.ts";
import type { replay } from "./run/replay.ts";
import type { AnalysisSpec } from "./spec/model.ts";

/** What is to be judged at once, without an analysis that is kept. */
export type JudgeRequest =
  /**
   * A past window, in milliseconds since the epoch. Without `to` it ends a
   * duration of the spec after `from`, now at the latest; without `from` it is
   * one duration long.
   */
  | { readonly kind: "window"; readonly spec: AnalysisSpec; readonly from?: number; readonly to?: number }
  /** Counts of one window, for the spec's one metric that takes counts. */
  | { readonly kind: "counts"; readonly spec: AnalysisSpec; readonly counts: GivenTick["metrics"][string] }
  | { readonly kind: "ticks"; readonly spec: AnalysisSpec; readonly ticks: readonly GivenTick[] };

export interface JudgeOptions {
  readonly sources: ReadonlyMap<string, NamedSource>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How long judging a window may take, in milliseconds. */
  readonly judgeMs: number;
  readonly replay: typeof replay;
  readonly judgeCounts: typeof judgeCounts;
}

/** More looks than this are a mistake in the window or the interval, not a rollout. */
const maxJudgedLooks = 20_000;

/**
 * Judges what is already there.
 *
 * @throws CoalmineError invalid-spec or invalid-request for input that cannot be
 *   judged, source-unavailable or query-rejected from the source, too-large when
 *   a window takes longer than `judgeMs`. The signal's reason if the caller gave up.
 */
export async function judge(
  options: JudgeOptions,
  request: JudgeRequest,
  signal: AbortSignal,
): Promise<AnalysisResult> {
  signal.throwIfAborted();
  if (request.kind === "window") return await judgeWindow(options, request, signal);
  const counted =
    request.kind === "counts"
      ? fitCounts(request.spec, request.counts)
      : fitTicks(request.spec, request.ticks);
  return options.judgeCounts({ ...counted, id: options.newId(), startedAt: options.clock.now() });
}

async function judgeWindow(
  options: JudgeOptions,
  request: JudgeRequest & { readonly kind: "window" },
  signal: AbortSignal,
): Promise<AnalysisResult> {
  const { clock, judgeMs } = options;
  const { from, to } = resolveWindow(request, clock.now());
  const spec = { ...request.spec, durationMs: to - from };
  const { sources } = pickSources(spec, options.sources);

  const timeIsUp = new AbortController();
  const bounded = AbortSignal.any([signal, timeIsUp.signal]);
  const done = new AbortController();
  const tooLong = new CoalmineError(
    "too-large",
    `judging the window took over ${judgeMs / 1_000} s; ask for a shorter one, or start an analysis`,
  );
  const waiting = clock.until(clock.now() + judgeMs, done.signal).then(
    () => timeIsUp.abort(tooLong),
    () => undefined,
  );
  try {
    const steps = options.replay({ id: options.newId(), spec, sources, startedAt: from, signal: bounded });
    return await lastResult(steps, bounded);
  } finally {
    done.abort();
    await waiting;
  }
}

/** The verdict of a run. One that was aborted has none to give, whatever its last step says. */
async function lastResult(steps: ReturnType<typeof replay>, signal: AbortSignal): Promise<AnalysisResult> {
  let last: AnalysisResult | null = null;
  for await (const { result } of steps) last = result;
  signal.throwIfAborted();
  if (last === null || last.phase === "running") throw new TypeError("the replay ended before a verdict");
  return last;
}

function resolveWindow(request: JudgeRequest & { readonly kind: "window" }, now: number) {
  const { spec } = request;
  const to = request.to ?? Math.min(now, (request.from ?? now) + spec.durationMs);
  const from = request.from ?? to - spec.durationMs;
  const problems: Problem[] = [];
  if (to > now) problems.push({ path: "to", message: `expected a moment that is past, got ${timeText(to)}` });
  if (to - from < spec.tickMs) {
    const message = `expected a window of at least one tick (${spec.tickMs / 1_000} s) up to ${timeText(to)}, got ${timeText(from)}`;
    problems.push({ path: "from", message });
  }
  if ((to - from) / spec.intervalMs > maxJudgedLooks) {
    const message = `expected a window of at most ${maxJudgedLooks} looks; raise the spec's interval or choose a later start`;
    problems.push({ path: "from", message });
  }
  if (problems.length > 0) {
    const message = problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ");
    throw new CoalmineError("invalid-request", message, { problems });
  }
  return { from, to };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

import type { Clock } from "../../base/clock.ts";
import type { Change, NextLook, RunningAnalysis } from "../analysis-record.ts";
import type { PickedSources } from "../pick-sources.ts";
import type { runLive } from "../run/run-live.ts";
import type { AnalysisStep } from "../run/step.ts";

export interface LookOptions extends PickedSources {
  readonly clock: Clock;
  readonly run: typeof runLive;
  /** Aborted, the look is of no use to anybody: whoever aborts throws it away. */
  readonly signal: AbortSignal;
}

/**
 * Takes one look of an analysis from where it stands, and says what that changes.
 *
 * @throws whatever the run throws, for instance CoalmineError invalid-spec when
 *   the cohorts overlap; TypeError if it ends without a verdict.
 */
export async function lookOnce(
  { record, next, weight }: RunningAnalysis,
  { sources, ingestionDelayMs, clock, run, signal }: LookOptions,
): Promise<Change> {
  const { id, spec, state, result } = record;
  const steps = run({
    ...{ id, spec, sources, clock, state, ingestionDelayMs, signal },
    startedAt: Date.parse(result.startedAt),
    lookAt: next.at,
    catchUpTo: next.catchUpTo,
    weight: () => weight,
  });
  try {
    const first = await steps.next();
    if (first.done === true) throw new TypeError("the run ended before a verdict");
    return changeOf(record, first.value, next, ingestionDelayMs);
  } finally {
    await steps.return(undefined);
  }
}

function changeOf(
  record: Change["record"],
  { state, result, look, nextAt }: AnalysisStep,
  { catchUpTo }: NextLook,
  ingestionDelayMs: number,
): Change {
  const isOver = result.phase !== "running" || nextAt === null;
  const next = isOver ? null : { at: nextAt, dueAt: nextAt + ingestionDelayMs, catchUpTo };
  return { record: { ...record, state, result }, look, next };
}

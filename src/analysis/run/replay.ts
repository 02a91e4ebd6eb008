import type { Clock } from "../../base/clock.ts";
import type { SampleSource } from "../ports.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import { readAhead } from "./read-ahead.ts";
import { runLive } from "./run-live.ts";
import type { AnalysisStep } from "./step.ts";

export interface ReplayOptions {
  readonly id: string;
  readonly spec: AnalysisSpec;
  readonly sources: readonly SampleSource[];
  /** Milliseconds since the epoch; the end is `startedAt` plus the spec's duration. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/**
 * Runs an analysis over a past window as if live: the same looks by the same
 * code, no sample newer than the look it stands at, no waiting.
 *
 * @throws CoalmineError as {@link runLive}, and source-unavailable at once: the
 *   past will not come back by waiting for it.
 */
export async function* replay(options: ReplayOptions): AsyncGenerator<AnalysisStep> {
  const { id, spec, startedAt, signal } = options;
  const end = startedAt + spec.durationMs;
  yield* runLive({
    id,
    spec,
    sources: options.sources.map((source) => readAhead(source, end)),
    clock: jumpingClock(startedAt),
    startedAt,
    state: null,
    ingestionDelayMs: 0,
    onSourceFailure: "throw",
    signal,
  });
}

/** A clock that is wherever it was last waited for. */
function jumpingClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    async until(time, signal) {
      signal.throwIfAborted();
      now = Math.max(now, time);
    },
  };
}

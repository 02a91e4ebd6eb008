/** Shows on standard error how a running analysis gets on. */
import type { AnalysisStep } from "../../../analysis/run/step.ts";
import type { Clock } from "../../../base/clock.ts";
import type { OutputStream } from "../terminal.ts";

/** One analysis on its way: told every step, stopped once. */
export interface Progress {
  step(step: AnalysisStep): void;
  /** Leaves the screen as the next line expects it. Also after a failure. */
  stop(): void;
}

/** What is shown, and where. */
export interface ProgressOptions {
  readonly stream: OutputStream;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Moves the bar between two looks; null for a replay, which knows no time of its own. */
  readonly clock: Clock | null;
}

/** Nothing at all, for `--quiet`. */
export const silentProgress: Progress = { step: () => undefined, stop: () => undefined };

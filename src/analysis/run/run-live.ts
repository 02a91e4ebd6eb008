import type { Clock } from "../../base/clock.ts";
import type { AnalysisState } from "../advance/state.ts";
import type { SampleSource } from "../ports.ts";
import type { AnalysisSpec } from "../spec/model.ts";
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
  /** How long after a look's time the source is asked, so that late samples have arrived; 0 for the scraper. */
  readonly ingestionDelayMs: number;
  /** Aborting ends the analysis as inconclusive `cancelled`: one last step, then the end. */
  readonly signal: AbortSignal;
}

/**
 * Runs an analysis against the clock and yields a step after every look; ends after the verdict.
 *
 * @throws CoalmineError invalid-spec before the first look, when the cohorts cannot be told apart.
 */
export async function* runLive(_options: RunLiveOptions): AsyncGenerator<AnalysisStep> {
  yield* [];
}

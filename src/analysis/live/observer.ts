import type { AnalysisResult } from "../result.ts";

/** How a look went, in milliseconds. */
export interface LookTiming {
  /** From the moment it was due to the moment it was begun. */
  readonly lagMs: number;
  /** From there until it was kept. */
  readonly tookMs: number;
}

/** Who counts what happens to analyses in this process, for metrics. Must not throw. */
export interface AnalysisObserver {
  /** An analysis was begun, or adopted. */
  started(result: AnalysisResult): void;
  /** A look was taken and kept. */
  looked(result: AnalysisResult, timing: LookTiming): void;
  /** Once, when an analysis has left the phase `running`. */
  ended(result: AnalysisResult): void;
}

/** Counts nothing. */
export const noObserver: AnalysisObserver = {
  started: () => undefined,
  looked: () => undefined,
  ended: () => undefined,
};

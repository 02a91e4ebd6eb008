import type { AnalysisResult } from "../result.ts";
import type { AnalysisSpec } from "../spec/model.ts";

/** Events of one cohort in one tick, as a caller counted them. */
export interface GivenCounts {
  readonly total: number;
  readonly bad: number;
}

/** One tick of counts for each count metric (errors, ratio), by the metric's name. */
export interface GivenTick {
  readonly metrics: Readonly<Record<string, { readonly canary: GivenCounts; readonly baseline: GivenCounts | null }>>;
}

/** Judges counts that the caller already has, tick by tick, by the same machine as a live analysis. */
export function judgeCounts(_options: {
  readonly id: string;
  readonly spec: AnalysisSpec;
  readonly startedAt: number;
  readonly ticks: readonly GivenTick[];
}): AnalysisResult {
  throw new TypeError("not built yet");
}

import type { SampleSource } from "../ports.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import type { AnalysisStep } from "./step.ts";

export interface ReplayOptions {
  readonly id: string;
  readonly spec: AnalysisSpec;
  readonly sources: readonly SampleSource[];
  /** Milliseconds since the epoch; the end is `startedAt` plus the spec's duration. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/** Runs an analysis over a past window as if live: the same looks, no sample newer than the look it stands at, no waiting. */
export async function* replay(_options: ReplayOptions): AsyncGenerator<AnalysisStep> {
  yield* [];
}

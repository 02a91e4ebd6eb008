import type { AnalysisState } from "./advance/state.ts";
import type { AnalysisResult } from "./result.ts";
import type { AnalysisSpec } from "./spec/model.ts";

/** One point of the evidence path, kept for charts and audits: the result's numbers at one look. */
export interface LookRecord {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly score: number;
  readonly evidence: readonly {
    readonly metric: string;
    readonly fail: number | null;
    readonly pass: number | null;
  }[];
}

/** An analysis as the store keeps it; plain JSON. */
export interface AnalysisRecord {
  readonly id: string;
  /** The caller's own name for it (`PUT /v1/analyses/{key}`), unique; null without one. */
  readonly key: string | null;
  readonly spec: AnalysisSpec;
  /** Null before the first look. */
  readonly state: AnalysisState | null;
  readonly result: AnalysisResult;
  readonly looks: readonly LookRecord[];
}

import type { AnalysisState } from "./advance/state.ts";
import type { AuditEntry } from "./audit/audit-entry.ts";
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

/** An analysis as the store keeps it; plain JSON. Its evidence path is kept beside it, look by look. */
export interface AnalysisRecord {
  readonly id: string;
  /** The caller's own name for it (`PUT /v1/analyses/{key}`), unique; null without one. */
  readonly key: string | null;
  readonly spec: AnalysisSpec;
  /** Null before the first look. */
  readonly state: AnalysisState | null;
  readonly result: AnalysisResult;
  /** Rises with every change. */
  readonly revision: number;
}

/** The next look of an analysis that runs; times in milliseconds since the epoch. */
export interface NextLook {
  /** The time that it is about. */
  readonly at: number;
  /** When its samples can be read. */
  readonly dueAt: number;
  /** Looks up to this time are taken one by one, however late; see RunLiveOptions. */
  readonly catchUpTo: number;
}

/** An analysis that runs, as its next look finds it. */
export interface RunningAnalysis {
  readonly record: AnalysisRecord;
  readonly next: NextLook;
  /** The canary's share of traffic in percent, as a caller last told it; null while nobody did. */
  readonly weight: number | null;
}

/** What one look, or somebody from outside, changes. */
export interface Change {
  /** As it is to be; its revision is the one that was read. */
  readonly record: AnalysisRecord;
  /** Null where there was no look. */
  readonly look: LookRecord | null;
  /** Null for one that has ended. */
  readonly next: NextLook | null;
  /** Who asked for the change; nobody does for a look. */
  readonly entry?: AuditEntry;
}

/** Changes that say by one number, wherever it is kept, which look made them; and all that is kept of an analysis. */
import type {
  AnalysisRecord,
  Change,
  LookRecord,
  RunningAnalysis,
} from "../../src/analysis/analysis-record.ts";
import type { AnalysisStore } from "../../src/analysis/ports.ts";

export function lookOf(score: number): LookRecord {
  const at = new Date(Date.UTC(2026, 0, 1) + score * 15_000).toISOString();
  return { at, score, evidence: [{ metric: "errors", fail: score, pass: null }] };
}

/** A look of an analysis that goes on: its result, its look and its next time all have that number. */
export function changeBy(record: AnalysisRecord, score: number): Change {
  return {
    record: { ...record, result: { ...record.result, score } },
    look: lookOf(score),
    next: { at: score, dueAt: score + 5_000, catchUpTo: 0 },
  };
}

/** The record once a commit of the change was answered true. */
export function committed({ record }: Change): AnalysisRecord {
  return { ...record, revision: record.revision + 1 };
}

export interface Kept {
  readonly record: AnalysisRecord | null;
  readonly running: RunningAnalysis | null;
  readonly looks: readonly LookRecord[];
}

/** All that a change may change. */
export async function keptOf(analyses: AnalysisStore, id: string): Promise<Kept> {
  return {
    record: await analyses.get(id),
    running: await analyses.running(id),
    looks: await analyses.looks(id),
  };
}

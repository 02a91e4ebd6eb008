/** Records and steps of an analysis that never met a source: right in form, empty of evidence. */
import { startAnalysis } from "../../src/analysis/advance/advance.ts";
import type { AnalysisRecord, Change, LookRecord } from "../../src/analysis/analysis-record.ts";
import { endedResult } from "../../src/analysis/ended-result.ts";
import { planAnalysis } from "../../src/analysis/plan/plan.ts";
import { buildResult, lookRecord } from "../../src/analysis/report/build-result.ts";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import type { AnalysisSpec } from "../../src/analysis/spec/model.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";

/** As a caller writes it. */
export const specDocument = {
  service: "checkout",
  namespace: "shop",
  telemetry: "istio",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
} as const;

export function specOf(changes: Readonly<Record<string, unknown>> = {}): AnalysisSpec {
  return parseSpec({ ...specDocument, ...changes });
}

const start = Date.UTC(2026, 0, 1);

export interface RecordChanges {
  readonly key?: string | null;
  readonly spec?: AnalysisSpec;
  readonly startedAt?: number;
  readonly phase?: "running" | "done" | "cancelled";
}

/** A record of that id; running unless told otherwise. */
export function recordOf(id: string, changes: RecordChanges = {}): AnalysisRecord {
  const { key = null, spec = specOf(), startedAt = start, phase = "running" } = changes;
  const plan = planAnalysis(spec);
  const state = startAnalysis(plan, startedAt);
  const result = buildResult(plan, state, id, startedAt);
  const ending = { code: "underpowered", text: "about 900 more requests are needed" } as const;
  const ended =
    phase === "running" ? result : endedResult(result, { phase, reason: ending, at: startedAt + 1_000 });
  return { id, key, spec, state, result: ended, revision: 1 };
}

/** What keeps a record; one that runs has its next look at its start. */
export function changeOf(record: AnalysisRecord, look: LookRecord | null = null): Change {
  const at = Date.parse(record.result.startedAt);
  const next = record.result.phase === "running" ? { at, dueAt: at + 5_000, catchUpTo: at } : null;
  return { record, look, next };
}

/** The step of a run at `at`, with whatever the test is about changed in its result. */
export function stepOf(
  id: string,
  spec: AnalysisSpec,
  at: number,
  changes: Partial<AnalysisResult> = {},
): AnalysisStep {
  const plan = planAnalysis(spec);
  const state = startAnalysis(plan, at);
  const result = { ...buildResult(plan, state, id, at), ...changes };
  const nextAt = result.phase === "running" ? at + 15_000 : null;
  return { state, result, look: lookRecord(result, at), nextAt };
}

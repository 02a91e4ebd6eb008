/** An analysis as a row of the database, and back. */
import type { Selectable } from "kysely";
import type { AnalysisRecord, Change, LookRecord, RunningAnalysis } from "../../analysis/analysis-record.ts";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import type { AnalysisTable } from "./tables.ts";

type AnalysisSpec = AnalysisRecord["spec"];
type AnalysisState = NonNullable<AnalysisRecord["state"]>;
type AnalysisResult = AnalysisRecord["result"];

/** How a state is written as plain JSON and read back; handed in, since the store knows no analysis from inside. */
export interface StateCodec {
  write(state: AnalysisState): unknown;
  /** @throws Error if the value is not a state of this spec. */
  read(value: unknown, spec: AnalysisSpec): AnalysisState;
}

/** What is read of an analysis. */
export type StoredAnalysis = Pick<
  Selectable<AnalysisTable>,
  "id" | "key" | "phase" | "revision" | "spec" | "state" | "result"
>;

/** What is read of one that runs, beside its record. */
export type StoredRun = Pick<
  Selectable<AnalysisTable>,
  "id" | "look_at" | "due_at" | "catch_up_to" | "weight"
>;

/** All columns but the revision and what is told between looks. */
export function rowOf(
  { record: { id, key, spec, state, result }, next }: Change,
  codec: StateCodec,
  now: number,
): Omit<Selectable<AnalysisTable>, "revision" | "weight"> {
  const { phase, service, namespace, startedAt, decidedAt } = result;
  const endedAt = decidedAt === null ? now : Date.parse(decidedAt);
  return {
    id: columnText(id),
    key: key === null ? null : columnText(key),
    service: columnText(service),
    namespace: columnText(namespace),
    phase,
    started_at: Date.parse(startedAt),
    updated_at: now,
    ended_at: phase === "running" ? null : endedAt,
    look_at: next?.at ?? null,
    due_at: next?.dueAt ?? null,
    catch_up_to: next?.catchUpTo ?? null,
    spec: JSON.stringify(spec),
    state: state === null ? null : JSON.stringify(codec.write(state)),
    result: JSON.stringify(result),
  };
}

/**
 * What was written is trusted to be what it was, except for the state, which has a
 * schema; a row that is not even of the form is damaged, or somebody else's.
 *
 * @throws CoalmineError internal, naming the analysis.
 */
export function recordOfRow(row: StoredAnalysis, codec: StateCodec): AnalysisRecord {
  try {
    const id = textOfColumn(row.id);
    const spec = checked(row.spec, isSpec, "spec");
    return {
      id,
      key: row.key === null ? null : textOfColumn(row.key),
      spec,
      state: row.state === null ? null : codec.read(JSON.parse(row.state), spec),
      result: checked(row.result, isResultOf(id, row.phase), "result"),
      revision: row.revision,
    };
  } catch (error) {
    throw damaged(row.id, error);
  }
}

/** @throws CoalmineError internal, naming the analysis. */
export function runOfRow(row: StoredRun, record: AnalysisRecord): RunningAnalysis {
  const { look_at, due_at, catch_up_to, weight } = row;
  if (look_at === null || due_at === null || catch_up_to === null)
    throw damaged(row.id, new TypeError("it runs and has no next look"));
  return { record, next: { at: look_at, dueAt: due_at, catchUpTo: catch_up_to }, weight };
}

/** @throws CoalmineError internal, naming the analysis. */
export function lookOfText(analysis: string, text: string): LookRecord {
  try {
    return checked(text, isLook, "look");
  } catch (error) {
    throw damaged(analysis, error);
  }
}

function damaged(id: string, cause: unknown): CoalmineError {
  const text = `the analysis ${id} as it is stored cannot be read: ${messageOf(cause)}; restore its row from a back-up or delete it`;
  return new CoalmineError("internal", text, { cause });
}

function checked<T>(text: string, isOne: (value: unknown) => value is T, column: string): T {
  const value: unknown = JSON.parse(text);
  if (!isOne(value)) throw new TypeError(`its ${column} is of another form`);
  return value;
}

function isSpec(value: unknown): value is AnalysisSpec {
  const { service, namespace, metrics } = fieldsOf(value);
  return typeof service === "string" && typeof namespace === "string" && Array.isArray(metrics);
}

function isResultOf(id: string, phase: string) {
  return (value: unknown): value is AnalysisResult => {
    const result = fieldsOf(value);
    return result["id"] === id && result["phase"] === phase && Array.isArray(result["metrics"]);
  };
}

function isLook(value: unknown): value is LookRecord {
  const { at, score, evidence } = fieldsOf(value);
  return typeof at === "string" && typeof score === "number" && Array.isArray(evidence);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/**
 * The tables as queries see them; src/store/migrations makes them. Texts from
 * outside are written by {@link columnText}, and what is JSON is text: columns of
 * PostgreSQL's jsonb would refuse U+0000 and change numbers and the order of keys.
 * Times are milliseconds since the epoch.
 */
import type { ColumnType, Generated } from "kysely";

/** Null in the column is written and read as such, never left to a default. */
type Nullable<T> = ColumnType<T | null, T | null, T | null>;

export interface AnalysisTable {
  id: string;
  key: Nullable<string>;
  service: string;
  namespace: string;
  phase: string;
  started_at: number;
  updated_at: number;
  /** Null while it runs; then what retention goes by. */
  ended_at: Nullable<number>;
  /** Rises with every update, so that a writer knows whether the row is still the one it read. */
  revision: number;
  /** Of the next look; null in all three where the analysis has ended. */
  look_at: Nullable<number>;
  due_at: Nullable<number>;
  catch_up_to: Nullable<number>;
  /** The canary's share of traffic in percent; null while nobody told it. */
  weight: Nullable<number>;
  spec: string;
  state: Nullable<string>;
  result: string;
}

/** The evidence path, a row a look. */
export interface LookTable {
  analysis: string;
  /** From 0, rising with time. */
  position: number;
  look: string;
}

export interface GateTable {
  /** What a gate is about, as one text: a unique index would take two nulls for different. */
  gate_key: string;
  namespace: string;
  canary: string;
  hook: Nullable<string>;
  revision: Nullable<string>;
  /** 0 or 1. */
  is_open: number;
  /** `at` as a number, to order by. */
  said_at: number;
  at: string;
  said_by: string;
}

export interface ReleaseTable {
  namespace: string;
  name: string;
  revision: string;
  attempt: number;
  analysis: Nullable<string>;
  opened_at: number;
  closed_at: Nullable<number>;
  notes: string;
}

/** An entry a row: of an analysis (id, key and service), or of a gate (canary to said_by). */
export interface AuditTable {
  position: Generated<number>;
  at: number;
  caller: string;
  door: string;
  action: string;
  namespace: string;
  analysis: Nullable<string>;
  key: Nullable<string>;
  service: Nullable<string>;
  canary: Nullable<string>;
  hook: Nullable<string>;
  revision: Nullable<string>;
  said_by: Nullable<string>;
}

/** One row that is written to learn whether the store takes writes. */
export interface HealthTable {
  id: number;
  checked_at: number;
}

export interface StoreTables {
  analyses: AnalysisTable;
  looks: LookTable;
  gates: GateTable;
  releases: ReleaseTable;
  audit: AuditTable;
  health: HealthTable;
}

import type { Transaction } from "kysely";
import type { AnalysisRecord, Change } from "../../analysis/analysis-record.ts";
import type { AnalysisStore, DueLook } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import {
  countRunning,
  insertAnalysis,
  replaceAnalysis,
  selectDue,
  selectHead,
  selectListed,
  selectRunning,
  selectStored,
} from "./analysis-queries.ts";
import {
  lookOfText,
  recordOfRow,
  rowOf,
  runOfRow,
  type StateCodec,
  type StoredAnalysis,
} from "./analysis-row.ts";
import { addEntry } from "./audit-store.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import { addLook, selectLooks } from "./look-queries.ts";
import { readOrLeaveOut } from "./read-or-leave-out.ts";
import { RecentRecords } from "./recent-records.ts";
import { ask, type SqlDatabase, transact } from "./sql-database.ts";
import type { StoreTables } from "./tables.ts";

type Head = Pick<StoredAnalysis, "id" | "revision">;

/** Adds the job of the next look to the transaction that keeps its time. */
export type AddJob = (db: Transaction<StoreTables>, due: DueLook) => Promise<void>;

export interface SqlAnalysisStoreOptions {
  readonly database: SqlDatabase;
  readonly state: StateCodec;
  /** Says when a row was written. */
  readonly clock: Clock;
  /** Hears of rows that a list leaves out because they cannot be read. */
  readonly logger: Logger;
  /** How many looks are kept of each analysis. */
  readonly maxLooks: number;
  /** For a queue whose jobs are in this database; none if left out. */
  readonly addJob?: AddJob | undefined;
}

/** As many as one process is for. */
const heldRecords = 1_000;

/** Analyses in a database: a row each, and a row a look. */
export function createSqlAnalysisStore(options: SqlAnalysisStoreOptions): AnalysisStore {
  const { database, state: codec, clock, logger, maxLooks, addJob = async () => {} } = options;

  function readable<R extends Pick<StoredAnalysis, "id">, T>(rows: readonly R[], read: (row: R) => T) {
    const told = ({ id }: R) => ({ analysis: id });
    return readOrLeaveOut(rows, { read, logger, told, message: "a stored analysis was left out of a list" });
  }

  async function find(column: "id" | "key", value: string): Promise<AnalysisRecord | null> {
    const head = await ask(database, (db) =>
      selectHead(db).where(column, "=", columnText(value)).executeTakeFirst(),
    );
    return head === undefined ? null : await recordAt(head);
  }

  /** The record, of that revision or a later one; null if it is gone meanwhile. */
  async function recordAt({ id, revision }: Head): Promise<AnalysisRecord | null> {
    const known = recent.find(id, revision);
    if (known !== null) return known;
    const row = await ask(database, (db) => selectStored(db).where("id", "=", id).executeTakeFirst());
    if (row === undefined) return null;
    const record = recordOfRow(row, codec);
    recent.keep(id, record);
    return record;
  }

  /** What comes with a row that was written. */
  async function addWhatComesWith(
    db: Transaction<StoreTables>,
    { record: { id, result }, look, next, entry }: Change,
  ): Promise<void> {
    if (entry !== undefined) await addEntry(db, entry);
    if (look !== null) await addLook(db, columnText(id), look, maxLooks);
    if (next !== null) await addJob(db, { id, namespace: result.namespace, dueAt: next.dueAt });
  }

  const recent = new RecentRecords(heldRecords);

  return {
    async insert(change) {
      const row = rowOf(change, codec, clock.now());
      await transact(database, async (db) => {
        await insertAnalysis(db, row, change.record);
        await addWhatComesWith(db, change);
      });
      recent.keep(row.id, change.record);
    },
    async commit(change) {
      const { record } = change;
      const row = rowOf(change, codec, clock.now());
      const isKept = await transact(database, async (db) => {
        if (!(await replaceAnalysis(db, row, record.revision))) return false;
        await addWhatComesWith(db, change);
        return true;
      });
      if (isKept) recent.keep(row.id, { ...record, revision: record.revision + 1 });
      return isKept;
    },
    get: (id) => find("id", id),
    findByKey: (key) => find("key", key),
    async running(id) {
      for (;;) {
        const row = await ask(database, (db) => selectRunning(db, id).executeTakeFirst());
        const record = row === undefined ? null : await recordAt(row);
        if (row === undefined || record === null) return null;
        // Else somebody committed between the two questions, and its next look is another.
        if (record.revision === row.revision) return runOfRow(row, record);
      }
    },
    async looks(id) {
      const rows = await ask(database, (db) => selectLooks(db, columnText(id)).execute());
      return rows.map(({ look }) => lookOfText(id, look));
    },
    async list(filter) {
      const rows = await ask(database, (db) => selectListed(db, filter).execute());
      return readable(rows, (row) => recordOfRow(row, codec));
    },
    async due(filter) {
      const rows = await ask(database, (db) => selectDue(db, filter).execute());
      return readable(rows, ({ id, namespace, due_at }) => ({
        id: textOfColumn(id),
        namespace: textOfColumn(namespace),
        dueAt: due_at ?? 0,
      }));
    },
    async countRunning(namespace) {
      const { count } = await ask(database, (db) => countRunning(db, namespace).executeTakeFirstOrThrow());
      return Number(count);
    },
    async revisions(ids) {
      if (ids.length === 0) return new Map();
      const texts = ids.map(columnText);
      const rows = await ask(database, (db) => selectHead(db).where("id", "in", texts).execute());
      return new Map(rows.map(({ id, revision }) => [textOfColumn(id), revision]));
    },
    async setWeight(id, weight) {
      await ask(database, (db) =>
        db
          .updateTable("analyses")
          .set({ weight })
          .where("id", "=", columnText(id))
          .where("phase", "=", "running")
          .execute(),
      );
    },
  };
}

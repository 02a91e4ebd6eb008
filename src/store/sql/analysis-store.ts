import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { AnalysisStore } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { insertAnalysis, selectListed, selectStored, updateKnown, updateWhole } from "./analysis-queries.ts";
import { recordOfRow, rowOf, type StateCodec, type StoredAnalysis } from "./analysis-row.ts";
import { columnText } from "./column-text.ts";
import { ask, type SqlDatabase, transact } from "./sql-database.ts";
import { StoredPaths } from "./stored-paths.ts";

export interface SqlAnalysisStoreOptions {
  readonly database: SqlDatabase;
  readonly state: StateCodec;
  /** Says when a row was written. */
  readonly clock: Clock;
  /** Hears of rows that a list leaves out because they cannot be read. */
  readonly logger: Logger;
}

/**
 * Analyses in a database. An update that brings the next look adds one row for it;
 * only a path that is not known to be stored (another process wrote it, or it was
 * thinned) is written again as a whole.
 */
export function createSqlAnalysisStore({
  database,
  state: codec,
  clock,
  logger,
}: SqlAnalysisStoreOptions): AnalysisStore {
  const paths = new StoredPaths();

  function read(row: StoredAnalysis): AnalysisRecord {
    const record = recordOfRow(row, codec);
    paths.remember(record.id, record.looks, row.revision);
    return record;
  }

  /** One damaged row must not hide all others, nor keep a server from its start. */
  function readOrLeaveOut(row: StoredAnalysis): readonly AnalysisRecord[] {
    try {
      return [read(row)];
    } catch (error) {
      logger.error({ analysis: row.id, err: error }, "a stored analysis was left out of a list");
      return [];
    }
  }

  async function find(column: "id" | "key", value: string): Promise<AnalysisRecord | null> {
    const row = await ask(database, (db) =>
      selectStored(db).where(column, "=", columnText(value)).executeTakeFirst(),
    );
    return row === undefined ? null : read(row);
  }

  return {
    async insert(record) {
      const row = rowOf(record, codec, clock.now());
      const revision = await transact(database, (db) => insertAnalysis(db, row, record));
      paths.remember(record.id, record.looks, revision);
    },
    async update(record) {
      const row = rowOf(record, codec, clock.now());
      const known = paths.find(record.id, record.looks);
      const revision = await transact(database, async (db) => {
        const updated = known === null ? null : await updateKnown(db, row, record.looks, known);
        return updated ?? (await updateWhole(db, row, record));
      });
      paths.remember(record.id, record.looks, revision);
    },
    get: (id) => find("id", id),
    findByKey: (key) => find("key", key),
    async list(filter) {
      const rows = await ask(database, (db) => selectListed(db, filter).execute());
      return rows.flatMap(readOrLeaveOut);
    },
  };
}

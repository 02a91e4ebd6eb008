import { migrate } from "../migrations/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import { createSqlStore, type SqlStore, type SqlStoreOptions } from "../sql/sql-store.ts";
import { openSqliteDatabase, type SqliteOptions } from "./open-sqlite-database.ts";

export interface SqliteStoreOptions extends SqlStoreOptions, SqliteOptions {
  /** How long a call waits for another process that writes; 1 s unless given. This process does nothing else meanwhile. */
  readonly busyTimeoutMs?: number;
}

/**
 * The embedded store: one file, no set-up, for one server. The schema is made, or
 * brought up to date, first.
 *
 * @throws CoalmineError source-unavailable if the file cannot be had,
 *   invalid-settings if its schema is newer than this program.
 */
export async function openSqliteStore({
  busyTimeoutMs = 1_000,
  ...options
}: SqliteStoreOptions): Promise<SqlStore> {
  const database = await openSqliteDatabase(options);
  try {
    await migrate(database, migrations);
    database.setBusyTimeout(busyTimeoutMs);
    return createSqlStore(database, options);
  } catch (error) {
    await database.db.destroy();
    throw error;
  }
}

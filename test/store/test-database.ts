import type { SqlDatabase } from "../../src/store/sql/sql-database.ts";
import type { SqlStore, SqlStoreOptions } from "../../src/store/sql/sql-store.ts";

/** A database of a test's own; what is opened is closed after the test. */
export interface TestDatabase {
  /** Opens a store over it: each is as another process would have it. */
  openStore(options?: Partial<SqlStoreOptions>): Promise<SqlStore>;
  /** The database under the store, its schema as it stands. */
  openDatabase(): Promise<SqlDatabase>;
  /** What is there, past the store. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

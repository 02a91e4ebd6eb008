/** SQLite databases of a test's own, each in a folder that goes with the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { SqlStore } from "../../../src/store/sql/sql-store.ts";
import { openSqliteDatabase } from "../../../src/store/sqlite/open-sqlite-database.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { storeOptions } from "../store-options.ts";
import type { TestDatabase } from "../test-database.ts";

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A path where no file is, in such a folder. */
export function freshPath(): string {
  return join(temporaryFolder(), "coalmine.db");
}

/** Opens a store and closes it after the test. */
export async function openStoreAt(
  path: string,
  options: Partial<SqliteStoreOptions> = {},
): Promise<SqlStore> {
  const store = await openSqliteStore({ ...storeOptions(), ...options, path });
  onTestFinished(() => store.close());
  return store;
}

export async function emptySqlite(): Promise<TestDatabase> {
  const path = freshPath();
  return {
    openStore: (options) => openStoreAt(path, options),
    openDatabase: async () => {
      const database = await openSqliteDatabase({ path });
      onTestFinished(() => database.db.destroy());
      return database;
    },
    query: async (sql) => queryFile(path, sql),
  };
}

export function queryFile(path: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(path);
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { readSchemaVersion, type SchemaVersion } from "../migrations/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import { sqliteDatabase, sqliteTitle } from "./sqlite-database.ts";
import { sqliteFault } from "./sqlite-fault.ts";

/**
 * Which version the schema of the file is of; the file is only read. Null where
 * there is no such file.
 *
 * @throws CoalmineError source-unavailable if it cannot be opened, internal if it
 *   is no database, invalid-settings if its schema is none that this program knows.
 */
export async function readSqliteSchema(path: string): Promise<SchemaVersion | null> {
  if (!existsSync(path)) return null;
  const title = sqliteTitle(path);
  const database = sqliteDatabase(openReadOnly(path, title), title);
  try {
    return await readSchemaVersion(database, migrations);
  } finally {
    await database.db.destroy();
  }
}

function openReadOnly(path: string, title: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw sqliteFault(title, error);
  }
}

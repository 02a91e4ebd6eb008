import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Kysely, SqliteDialect } from "kysely";
import { readSchemaVersion, type SchemaVersion } from "../migrations/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import type { StoreTables } from "../sql/tables.ts";
import { kyselySqlite } from "./kysely-sqlite.ts";
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
  const title = `the database ${path}`;
  const faultOf = (thrown: unknown) => sqliteFault(title, thrown);
  const database = open(path, faultOf);
  const db = new Kysely<StoreTables>({ dialect: new SqliteDialect({ database: kyselySqlite(database) }) });
  try {
    return await readSchemaVersion({ kind: "sqlite", db, title, faultOf }, migrations);
  } finally {
    await db.destroy();
  }
}

function open(path: string, faultOf: (thrown: unknown) => Error): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw faultOf(error);
  }
}

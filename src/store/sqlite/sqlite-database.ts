import type { DatabaseSync } from "node:sqlite";
import { Kysely, SqliteDialect } from "kysely";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { StoreTables } from "../sql/tables.ts";
import { kyselySqlite } from "./kysely-sqlite.ts";
import { sqliteFault } from "./sqlite-fault.ts";

/** What an SQLite file is called in messages. */
export function sqliteTitle(path: string): string {
  return `the database ${path}`;
}

/** An SQLite file that is open, as the stores ask it. */
export function sqliteDatabase(database: DatabaseSync, title: string): SqlDatabase {
  return {
    kind: "sqlite",
    title,
    faultOf: (thrown) => sqliteFault(title, thrown),
    db: new Kysely<StoreTables>({ dialect: new SqliteDialect({ database: kyselySqlite(database) }) }),
  };
}

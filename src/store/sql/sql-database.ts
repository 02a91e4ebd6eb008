import type { Kysely, Transaction } from "kysely";
import type { CoalmineError } from "../../base/errors.ts";
import type { StoreTables } from "./tables.ts";

/** An open database with what its kind knows alone. */
export interface SqlDatabase {
  readonly kind: "sqlite" | "postgres";
  readonly db: Kysely<StoreTables>;
  /** For messages, without user and password: `the database at db.example:5432/coalmine`. */
  readonly title: string;
  /**
   * What went wrong, as callers may hear it: conflict for a value that must be
   * unique, source-unavailable where asking again may help (away, locked, full,
   * read-only), internal else. A CoalmineError stays as it is.
   */
  faultOf(thrown: unknown): CoalmineError;
}

/** Queries outside a transaction: each is one of its own. @throws CoalmineError as `faultOf` says. */
export async function ask<T>(
  database: SqlDatabase,
  work: (db: Kysely<StoreTables>) => Promise<T>,
): Promise<T> {
  try {
    return await work(database.db);
  } catch (error) {
    throw database.faultOf(error);
  }
}

/** Queries that take effect together or not at all. @throws CoalmineError as `faultOf` says. */
export function transact<T>(
  database: SqlDatabase,
  work: (db: Transaction<StoreTables>) => Promise<T>,
): Promise<T> {
  return ask(database, (db) => db.transaction().execute(work));
}

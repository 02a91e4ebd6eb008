import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import type { SqlDatabase } from "../sql/sql-database.ts";
import { sqliteDatabase, sqliteTitle } from "./sqlite-database.ts";
import { isBusy, sqliteFault } from "./sqlite-fault.ts";

export interface SqliteOptions {
  /**
   * Made if it is not there, with its folder; nobody else may read it. On a disk
   * of this machine: over a network its locks do not hold.
   */
  readonly path: string;
  /** How large the file may get, in bytes; as large as the disk unless given. */
  readonly maxFileBytes?: number;
}

export interface SqliteDatabase extends SqlDatabase {
  /** How long a statement waits for another process that writes; this process does nothing else meanwhile. */
  setBusyTimeout(timeoutMs: number): void;
}

/** At the start another process may be at its migrations, and nobody waits for answers yet. */
const openingTimeoutMs = 30_000;

/** Room that the log may keep on the disk after a burst. */
const keptLogBytes = 64 * 1_048_576;

/**
 * Opens the file, with a write-ahead log, so that readers and the writer do not
 * wait for each other; every transaction is on the disk before it is answered.
 *
 * @throws CoalmineError source-unavailable if it cannot be opened or made, internal
 *   if it is no database.
 */
export async function openSqliteDatabase({ path, maxFileBytes }: SqliteOptions): Promise<SqliteDatabase> {
  const title = sqliteTitle(path);
  makePrivate(path, title);
  try {
    const database = await openConfigured(path, title, maxFileBytes);
    return {
      ...sqliteDatabase(database, title),
      setBusyTimeout: (timeoutMs) => database.exec(`pragma busy_timeout = ${Math.round(timeoutMs)}`),
    };
  } catch (error) {
    throw sqliteFault(title, error);
  }
}

/** SQLite gives the log and its index the rights of the file. */
function makePrivate(path: string, title: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    throw noFile(title, error);
  }
}

function noFile(title: string, cause: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", `${title} cannot be opened or made: ${messageOf(cause)}`, {
    cause,
  });
}

async function openConfigured(
  path: string,
  title: string,
  maxFileBytes: number | undefined,
): Promise<DatabaseSync> {
  const database = new DatabaseSync(path, { timeout: openingTimeoutMs });
  try {
    const mode = await useWriteAheadLog(database);
    if (mode !== "wal") throw noLog(title, mode);
    database.exec(`pragma synchronous = full; pragma journal_size_limit = ${keptLogBytes}`);
    if (maxFileBytes !== undefined) limitSize(database, maxFileBytes);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Of several processes that open a new file one changes its mode, and SQLite lets the others fail instead of wait. */
async function useWriteAheadLog(database: DatabaseSync): Promise<unknown> {
  for (let waitedMs = 0; ; waitedMs += 20) {
    try {
      return pragma(database, "journal_mode = wal");
    } catch (error) {
      if (!isBusy(error) || waitedMs >= openingTimeoutMs) throw error;
    }
    await setTimeout(20);
  }
}

function noLog(title: string, mode: unknown): CoalmineError {
  const text = `${title}: no write-ahead log can be had there, only ${mode}: name a file on a disk of this machine`;
  return new CoalmineError("source-unavailable", text);
}

function limitSize(database: DatabaseSync, maxFileBytes: number): void {
  const pages = Math.floor(maxFileBytes / Number(pragma(database, "page_size")));
  database.exec(`pragma max_page_count = ${Math.max(1, pages)}`);
}

function pragma(database: DatabaseSync, text: string): unknown {
  return Object.values(database.prepare(`pragma ${text}`).get() ?? {})[0];
}

import type { Logger } from "../../base/logger.ts";
import { migrate } from "../migrations/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import { createSqlStore, type SqlStore, type SqlStoreOptions } from "../sql/sql-store.ts";
import { openPostgresDatabase } from "./open-postgres-database.ts";

export interface PostgresStoreOptions extends SqlStoreOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Messages name host, port and database alone. */
  readonly url: string;
  /** 10 unless given. */
  readonly maxConnections?: number;
  /** How long one statement may take; 10 s unless given. */
  readonly statementTimeoutMs?: number;
}

/**
 * The store of any number of replicas. The schema is made, or brought up to date,
 * first, while the others serve.
 *
 * What was answered survives a crash of the database as long as its
 * `synchronous_commit` is what it is by default.
 *
 * @throws CoalmineError source-unavailable if the database is away or refuses,
 *   invalid-settings if the url is none, or the schema newer than this program.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<SqlStore> {
  const { url, maxConnections = 10, statementTimeoutMs = 10_000, logger } = options;
  await bringUpToDate(url, logger);
  return createSqlStore(openPostgresDatabase({ url, maxConnections, statementTimeoutMs }, logger), options);
}

/** Over a connection without time limits: another replica's migration may take long, and this one waits for it. */
async function bringUpToDate(url: string, logger: Logger): Promise<void> {
  const database = openPostgresDatabase({ url, maxConnections: 1, statementTimeoutMs: null }, logger);
  try {
    await migrate(database, migrations);
  } finally {
    await database.db.destroy();
  }
}

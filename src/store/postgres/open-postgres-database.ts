import { Kysely, PostgresDialect } from "kysely";
import { type CustomTypesConfig, Pool, type PoolConfig, types } from "pg";
import type { Logger } from "../../base/logger.ts";
import type { SqlDatabase } from "../sql/sql-database.ts";
import type { StoreTables } from "../sql/tables.ts";
import { discardBroken } from "./discard-broken.ts";
import { postgresAddress } from "./postgres-address.ts";
import { postgresFault } from "./postgres-fault.ts";

export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with what else the driver takes after a `?`, as `sslmode`. */
  readonly url: string;
  /** How many connections this process opens at most. */
  readonly maxConnections: number;
  /** How long one statement may take; null: as long as it wants. */
  readonly statementTimeoutMs: number | null;
}

const connectTimeoutMs = 5_000;

/** The driver's own limit comes after the server's, which says more: it is for a server that went away without a word. */
const silenceMs = 5_000;

/**
 * A pool of connections that are opened when they are needed.
 *
 * @throws CoalmineError invalid-settings if the url is none.
 */
export function openPostgresDatabase(options: PostgresOptions, logger: Logger): SqlDatabase {
  const title = `the database at ${postgresAddress(options.url)}`;
  const pool = new Pool({
    connectionString: options.url,
    application_name: "coalmine",
    max: options.maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: columnTypes,
    ...timeouts(options.statementTimeoutMs),
  });
  // Whoever uses the connection hears of it by its query, and the next call opens another; unheard it would end the process.
  pool.on("connect", (client) =>
    client.on("error", (error) =>
      logger.warn({ database: title, err: error }, "a database connection was lost"),
    ),
  );
  // The same again, of those that nobody uses.
  pool.on("error", () => undefined);
  return {
    kind: "postgres",
    title,
    faultOf: (thrown) => postgresFault(title, thrown),
    db: new Kysely<StoreTables>({ dialect: new PostgresDialect({ pool: discardBroken(pool) }) }),
  };
}

function timeouts(statementTimeoutMs: number | null): PoolConfig {
  if (statementTimeoutMs === null) return {};
  return {
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + silenceMs,
    // A replica that hangs between two statements must not hold its locks for ever.
    idle_in_transaction_session_timeout: statementTimeoutMs + silenceMs,
  };
}

/** Times and counts of the store are far below 2^53; the driver would give texts. */
const columnTypes: CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === types.builtins.INT8 ? Number : types.getTypeParser(type, format),
};

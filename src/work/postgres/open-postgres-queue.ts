import type { LookQueue } from "../../analysis/live/look-queue.ts";
import type { Clock } from "../../base/clock.ts";
import { type Logger, silentLogger } from "../../base/logger.ts";
import { openPostgresDatabase } from "../../store/postgres/open-postgres-database.ts";
import type { SqlDatabase } from "../../store/sql/sql-database.ts";
import { firstRetryMs } from "../retry-pause.ts";
import { graphileOptions } from "./graphile-options.ts";
import { openGraphilePool } from "./graphile-pool.ts";
import { migrateGraphile } from "./graphile-schema.ts";
import { PostgresQueue } from "./postgres-queue.ts";
import type { OverdueLooks } from "./sweep.ts";

export interface PostgresQueueOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, the store's. Messages name host, port and database alone. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked every few seconds for the looks that somebody should have taken long ago. */
  readonly overdue: OverdueLooks;
  /** How many looks are under way in this process at most; 64 unless given. */
  readonly concurrency?: number;
  /** How often the database is asked for looks that have fallen due; 500 ms unless given. */
  readonly pollMs?: number;
  /**
   * How long after its time a look counts as lost with its worker, which is longer
   * than any look takes; 30 s unless given. One that takes longer is begun a second
   * time beside the first.
   */
  readonly overdueMs?: number;
  /** How often lost looks are searched for; 5 s unless given. */
  readonly sweepMs?: number;
  /** The pause before a look that failed is called for again, doubling up to 30 s; 1 s unless given. */
  readonly retryMs?: number;
}

/**
 * The queue of any number of replicas: jobs of graphile-worker in the store's
 * database, in a schema of its own, `graphile_worker`, which is made or brought up
 * to date first, while the others work. The store adds the jobs, by `addLookJob` in
 * the transaction that keeps a look, so `expect` has nothing to do.
 *
 * Up to five connections. All replicas are the same database user: the tables have
 * row security, which only their owner passes.
 *
 * @throws CoalmineError source-unavailable if the database is away or refuses,
 *   invalid-settings if the url is none, or the schema newer than this program.
 */
export async function openPostgresQueue(options: PostgresQueueOptions): Promise<LookQueue> {
  const { url, logger, concurrency = 64, pollMs = 500 } = options;
  const { overdueMs = 30_000, sweepMs = 5_000, retryMs = firstRetryMs, ...given } = options;
  const database = openPostgresDatabase(
    { url, maxConnections: connections, statementTimeoutMs: 10_000 },
    // The queue says once that the database is away, not for each connection.
    silentLogger,
  );
  try {
    await bringUpToDate(url, database, logger);
  } catch (error) {
    await database.db.destroy();
    throw database.faultOf(error);
  }
  return new PostgresQueue({ ...given, database, concurrency, pollMs, overdueMs, sweepMs, retryMs });
}

/** To look for due and lost looks, beside those of graphile-worker. */
const connections = 2;

/** Over a connection without time limits: another replica's migration may take long, and this one waits for it. */
async function bringUpToDate(url: string, database: SqlDatabase, logger: Logger): Promise<void> {
  const pool = openGraphilePool(url, 1, null);
  try {
    await migrateGraphile(pool, database.title, graphileOptions(database, logger));
  } finally {
    await pool.end();
  }
}

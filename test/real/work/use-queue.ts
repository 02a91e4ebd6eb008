/** A queue over a database of a test's own, in the test's process. */
import { onTestFinished } from "vitest";
import type { LookQueue } from "../../../src/analysis/live/look-queue.ts";
import type { DueLook } from "../../../src/analysis/ports.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { openPostgresDatabase } from "../../../src/store/postgres/open-postgres-database.ts";
import type { SqlDatabase } from "../../../src/store/sql/sql-database.ts";
import {
  openPostgresQueue,
  type PostgresQueueOptions,
} from "../../../src/work/postgres/open-postgres-queue.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import type { PostgresTestDatabase, UsedPostgres } from "../store/use-postgres.ts";
import { dueTables, insertDue, overdueIn } from "./due-table.ts";

export interface QueueDatabase extends PostgresTestDatabase {
  /** As the store opens it. */
  readonly database: SqlDatabase;
  /** Opens a queue and closes it after the test. */
  openQueue(options?: Partial<PostgresQueueOptions>): Promise<LookQueue>;
  insert(...looks: readonly DueLook[]): Promise<void>;
}

/** An empty database with the tables of due-table.ts. */
export async function emptyQueueDatabase(postgres: UsedPostgres): Promise<QueueDatabase> {
  const used = await postgres.empty();
  const { url } = used;
  for (const statement of dueTables.split(";")) await used.query(statement);
  const database = openPostgresDatabase(
    { url, maxConnections: 5, statementTimeoutMs: 10_000 },
    quietLogger(),
  );
  onTestFinished(() => database.db.destroy());
  return {
    ...used,
    database,
    insert: (...looks) => insertDue(database, looks),
    async openQueue(options = {}) {
      const queue = await openPostgresQueue({
        clock: systemClock,
        logger: quietLogger(),
        overdue: overdueIn(database),
        pollMs: 20,
        sweepMs: 20,
        retryMs: 5,
        ...options,
        url,
      });
      onTestFinished(() => queue.close(0));
      return queue;
    },
  };
}

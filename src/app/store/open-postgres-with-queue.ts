/** The store and the queue in one PostgreSQL: a look and the job of the next one are kept in one transaction. */
import type { LookQueue } from "../../analysis/live/look-queue.ts";
import { openPostgresStore, type PostgresStoreOptions } from "../../store/postgres/open-postgres-store.ts";
import type { SqlStore } from "../../store/sql/sql-store.ts";
import { addLookJob } from "../../work/postgres/look-jobs.ts";
import { openPostgresQueue } from "../../work/postgres/open-postgres-queue.ts";

/** @throws CoalmineError as both do */
export async function openPostgresWithQueue(
  options: PostgresStoreOptions,
): Promise<{ readonly store: SqlStore; readonly queue: LookQueue }> {
  const { url, clock, logger } = options;
  const store = await openPostgresStore({ ...options, addJob: addLookJob });
  try {
    const overdue = (before: number, limit: number) => store.analyses.due({ before, limit });
    return { store, queue: await openPostgresQueue({ url, clock, logger, overdue }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

import { sql } from "kysely";
import type { DueLook } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { ask, type SqlDatabase, transact } from "../../store/sql/sql-database.ts";
import { giveAgain, removeDeadJobs, withoutJob } from "./look-jobs.ts";

/**
 * Analyses that run and whose look was due before a time, milliseconds since the
 * epoch: those due longest first, `limit` at most.
 */
export type OverdueLooks = (before: number, limit: number) => Promise<readonly DueLook[]>;

export interface SweepOptions {
  readonly database: SqlDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly overdue: OverdueLooks;
  readonly overdueMs: number;
}

/** What PostgreSQL knows the lock by that one replica sweeps under; any number that no other program uses. */
const lockNumber = 6_620_771_205;
/** The longest overdue come first, and what is lost gets ever longer overdue. */
const sweptAtOnce = 1_000;
/** More than a look that failed is put off. */
const longestRetryMs = 60_000;

/**
 * Has looks called for again whose worker was lost, as those of a process that was
 * killed: graphile-worker by itself waits four hours for them.
 *
 * @throws CoalmineError as `overdue` and the database do.
 */
export async function sweepLost({
  database,
  clock,
  logger,
  overdue,
  overdueMs,
}: SweepOptions): Promise<void> {
  const now = clock.now();
  const stillDue = () => overdue(now - overdueMs, sweptAtOnce);
  const looks = await stillDue();
  if (looks.length === 0) return;
  const lost = await transact(database, async (db) => {
    const { rows } = await sql<{ readonly mine: boolean }>`
      select pg_try_advisory_xact_lock(${lockNumber}) as mine`.execute(db);
    if (rows[0]?.mine !== true) return [];
    const bounds = { begunBefore: now - overdueMs, dueAfter: now + longestRetryMs };
    const found = await withoutJob(db, looks, bounds);
    if (found.length === 0) return [];
    // Those that were taken between the two questions have no job any more either.
    const still = new Map((await stillDue()).map((look) => [look.id, look.dueAt]));
    const gone = found.filter(({ id, dueAt }) => still.get(id) === dueAt);
    if (gone.length > 0) await giveAgain(db, gone, now);
    return gone;
  });
  if (lost.length > 0)
    logger.warn({ looks: lost.length }, "looks were lost with their worker and are called for again");
}

/** Removes what lost workers left behind. @throws CoalmineError as the database does. */
export async function sweepDead({ database }: SweepOptions): Promise<void> {
  await ask(database, removeDeadJobs);
}

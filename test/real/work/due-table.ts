/**
 * Looks in a table, kept as the store keeps them: each take advances the row by its
 * revision and adds the next job in one transaction. Every call is written down too.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { TakeLook } from "../../../src/analysis/live/look-queue.ts";
import type { DueLook } from "../../../src/analysis/ports.ts";
import { ask, type SqlDatabase, transact } from "../../../src/store/sql/sql-database.ts";
import { addLookJob } from "../../../src/work/postgres/look-jobs.ts";
import type { OverdueLooks } from "../../../src/work/postgres/sweep.ts";

export const dueTables = `
  create table due (id text primary key, namespace text not null, due_at bigint, looks int not null);
  create table taken (id text, look int, by text, primary key (id, look));
  create table calls (id text, by text, is_retry boolean, late float8)`;

interface Row {
  readonly namespace: string;
  readonly due_at: number | null;
  readonly looks: number;
}

export interface TakeOptions {
  /** Whose takes these are. */
  readonly by: string;
  /** How long a look takes. */
  readonly lookMs: number;
  /** How many looks an analysis has, and the pause between them. */
  readonly looks: number;
  readonly intervalMs: number;
  /** A look goes on once so many have begun one, of those whose takes are in the table; at once if left out. */
  readonly together?: number;
}

export async function insertDue(database: SqlDatabase, looks: readonly DueLook[]): Promise<void> {
  await transact(database, async (db) => {
    for (const look of looks) {
      await sql`insert into due values (${look.id}, ${look.namespace}, ${Math.ceil(look.dueAt)}, 0)`.execute(
        db,
      );
      await addLookJob(db, look);
    }
  });
}

export function takeFrom(
  database: SqlDatabase,
  { by, lookMs, looks, intervalMs, together = 1 }: TakeOptions,
): TakeLook {
  const begun = async () => {
    const count = sql<{ readonly count: number }>`select count(distinct by)::int as count from calls`;
    const { rows } = await ask(database, (db) => count.execute(db));
    return rows[0]?.count ?? 0;
  };
  return async (id, isRetry, signal) => {
    const found = await ask(database, (db) =>
      sql<Row>`select namespace, due_at, looks from due where id = ${id}`.execute(db),
    );
    const [row] = found.rows;
    const dueAt = row?.due_at ?? Number.POSITIVE_INFINITY;
    const late = Date.now() - dueAt;
    await ask(database, (db) =>
      sql`insert into calls values (${id}, ${by}, ${isRetry}, ${late})`.execute(db),
    );
    if (row === undefined || late < 0) return;
    while (together > 1 && (await begun()) < together) await sleep(20, undefined, { signal });
    await sleep(lookMs, undefined, { signal });
    await transact(database, async (db) => {
      const look = row.looks + 1;
      const next = look < looks ? Date.now() + intervalMs : null;
      const { numAffectedRows } = await sql`
        update due set looks = ${look}, due_at = ${next} where id = ${id} and looks = ${row.looks}`.execute(
        db,
      );
      if (numAffectedRows !== 1n) return;
      await sql`insert into taken values (${id}, ${look}, ${by})`.execute(db);
      if (next !== null) await addLookJob(db, { id, namespace: row.namespace, dueAt: next });
    });
  };
}

export function overdueIn(database: SqlDatabase): OverdueLooks {
  return async (before, limit) => {
    const { rows } = await ask(database, (db) =>
      sql<DueLook>`select id, namespace, due_at as "dueAt" from due where due_at < ${before}
        order by due_at limit ${limit}`.execute(db),
    );
    return rows;
  };
}

/**
 * Looks from the queue in PostgreSQL, by three processes on this machine:
 * `npm run bench:queue -- [--quick]`.
 *
 * A look reads its row, and writes it with a row more and the next job in one
 * transaction, as the store does; it asks no source. First all looks are due at
 * once, then an analysis looks every 15 s. Prints markdown; nothing is judged here.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sql } from "kysely";
import { systemClock } from "../../../src/app/system-clock.ts";
import { openPostgresDatabase } from "../../../src/store/postgres/open-postgres-database.ts";
import type { SqlDatabase } from "../../../src/store/sql/sql-database.ts";
import { openPostgresQueue } from "../../../src/work/postgres/open-postgres-queue.ts";
import { dueTables, insertDue } from "../../../test/real/work/due-table.ts";
import type { QueueProcessOptions } from "../../../test/real/work/queue-process.ts";
import { type OwnProcess, startOwnProcess } from "../../../test/servers/own-process.ts";
import { startPostgres } from "../../../test/servers/start-postgres.ts";
import { quietLogger } from "../../../test/support/quiet-logger.ts";
import { machine } from "../machine.ts";
import { processorMs } from "../processor-ms.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const flood = values.quick ? 2_000 : 10_000;
const steadySeconds = values.quick ? 20 : 60;
const intervalMs = 15_000;
const program = new URL("../../../test/real/work/queue-process.ts", import.meta.url).pathname;

console.log(await bench());

async function bench(): Promise<string> {
  const server = await startPostgres({ settings: { fsync: "on", shared_buffers: "128MB" } });
  try {
    const rows: string[] = [];
    rows.push(await withReplicas(await server.createDatabase("flood"), 1, drain));
    for (const analyses of [1_000, 3_000])
      rows.push(
        await withReplicas(await server.createDatabase(`steady_${analyses}`), 1_000_000, (...given) =>
          keepPace(analyses, ...given),
        ),
      );
    return [
      `${machine()}; database, three replicas and this on the same.`,
      "",
      "| what | figure |",
      "| --- | ---: |",
      ...rows,
    ].join("\n");
  } finally {
    await server.stop();
  }
}

type Measure = (database: SqlDatabase, replicas: readonly OwnProcess[]) => Promise<string>;

/** Three processes over an empty database, for the time of a measurement. */
async function withReplicas(url: string, looks: number, measure: Measure): Promise<string> {
  const logger = quietLogger();
  const database = openPostgresDatabase({ url, maxConnections: 4, statementTimeoutMs: null }, logger);
  for (const statement of dueTables.split(";")) await sql.raw(statement).execute(database.db);
  const maker = await openPostgresQueue({ url, clock: systemClock, logger, overdue: async () => [] });
  await maker.close(0);
  const replicas: OwnProcess[] = [];
  try {
    for (const by of ["x", "y", "z"]) replicas.push(await start(url, { by, looks, lookMs: 0, intervalMs }));
    return await measure(database, replicas);
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.db.destroy();
  }
}

function start(url: string, options: QueueProcessOptions): Promise<OwnProcess> {
  let printed = "";
  const onOutput = (text: string) => {
    printed += text;
  };
  const args = [program, url, JSON.stringify(options)];
  return startOwnProcess(process.execPath, args, async () => printed.includes("ready"), { onOutput });
}

async function drain(database: SqlDatabase): Promise<string> {
  const dueAt = Date.now() + 10_000;
  await insertDue(
    database,
    looksOf(flood, () => dueAt),
  );
  await sleep(dueAt - Date.now());
  while ((await count(database, sql`due where due_at is not null`)) > 0) await sleep(100);
  const { rows } = await sql<{ took: number }>`
    select max(late) - min(late) as took from calls where late >= 0`.execute(database.db);
  const took = rows[0]?.took ?? Number.NaN;
  return `| ${flood} looks due at once | ${Math.round((1_000 * flood) / took)} a second |`;
}

async function keepPace(
  analyses: number,
  database: SqlDatabase,
  replicas: readonly OwnProcess[],
): Promise<string> {
  // Spread over the interval, after they are all there.
  const begin = Date.now() + 30_000;
  await insertDue(
    database,
    looksOf(analyses, (index) => begin + (intervalMs * index) / analyses),
  );
  await sleep(Math.max(0, begin + intervalMs - Date.now()));
  await sql`delete from calls`.execute(database.db);
  const before = processorMs(replicas.map(({ pid }) => pid));
  await sleep(1_000 * steadySeconds);
  const tookMs = processorMs(replicas.map(({ pid }) => pid)) - before;
  const { rows } = await sql<{ looks: number; p50: number; p99: number; top: number }>`
    select count(*)::int as looks, max(late) as top,
      percentile_cont(0.5) within group (order by late) as p50,
      percentile_cont(0.99) within group (order by late) as p99 from calls where late >= 0`.execute(
    database.db,
  );
  const { looks, p50, p99, top } = rows[0] ?? { looks: 0, p50: Number.NaN, p99: Number.NaN, top: Number.NaN };
  const rate = Math.round(looks / steadySeconds);
  const late = [p50, p99, top].map((ms) => Math.round(ms)).join(" / ");
  return (
    `| ${analyses} analyses, ${rate} looks a second: late by median / p99 / most | ${late} ms |\n` +
    `| the same, processor time of the replicas a look | ${(tookMs / looks).toFixed(1)} ms |`
  );
}

function looksOf(many: number, dueAt: (index: number) => number) {
  return Array.from({ length: many }, (_, index) => ({
    id: `bench-${index}`,
    namespace: `namespace-${index % 10}`,
    dueAt: dueAt(index),
  }));
}

async function count(database: SqlDatabase, from: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ looks: number }>`select count(*)::int as looks from ${from}`.execute(
    database.db,
  );
  return rows[0]?.looks ?? 0;
}

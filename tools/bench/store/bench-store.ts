/**
 * The durable stores on this machine's disk, in one run: `npm run bench:store -- [--quick]`.
 *
 * Each commit of a look is on the disk when it is answered (SQLite: WAL, synchronous = full;
 * PostgreSQL: its defaults, on loopback). Prints markdown; nothing is judged here: a
 * busy machine gives other figures, and says so by its load.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPostgresStore } from "../../../src/store/postgres/open-postgres-store.ts";
import type { SqlStore } from "../../../src/store/sql/sql-store.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { startPostgres } from "../../../test/servers/start-postgres.ts";
import { storeOptions } from "../../../test/store/store-options.ts";
import { machine } from "../machine.ts";
import { benchChange } from "./bench-change.ts";
import { measureStore, type StoreFigures } from "./measure-store.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const effort = values.quick ? { commits: 320, reads: 100 } : { commits: 3_200, reads: 1_000 };

console.log(await bench());

async function bench(): Promise<string> {
  const change = await benchChange();
  const { spec, state, result } = change.record;
  const bytes = [spec, state, result, change.look].map((part) => JSON.stringify(part).length);
  const measure = async (store: SqlStore) => {
    const figures = await measureStore(store.analyses, change, effort);
    await store.close();
    return figures;
  };
  const sqlite = await measureSqlite(measure);
  const postgres = await measurePostgres(measure);
  return [
    `${machine()}.`,
    `An analysis of errors and latency on 50 pods: spec, state, result and look of ${bytes.join(", ")} characters of JSON; ${effort.commits} commits, each with a look.`,
    "",
    "| what | SQLite | PostgreSQL |",
    "| --- | ---: | ---: |",
    ...rows([sqlite, postgres]),
  ].join("\n");
}

type Measure = (store: SqlStore) => Promise<StoreFigures>;

async function measureSqlite(measure: Measure): Promise<StoreFigures> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-bench-store-"));
  try {
    return await measure(await openSqliteStore({ ...storeOptions(), path: join(folder, "coalmine.db") }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measurePostgres(measure: Measure): Promise<StoreFigures> {
  const server = await startPostgres({ settings: { fsync: "on", shared_buffers: "128MB" } });
  try {
    const url = await server.createDatabase("bench");
    return await measure(await openPostgresStore({ ...storeOptions(), url }));
  } finally {
    await server.stop();
  }
}

function rows(stores: readonly StoreFigures[]): readonly string[] {
  const row = (what: string, cell: (figures: StoreFigures) => string) =>
    `| ${what} | ${stores.map(cell).join(" | ")} |`;
  return [
    row("durable commits, one after another", (one) => rate(one.commitsASecond)),
    row("durable commits, 16 analyses at once", (one) => rate(one.parallelCommitsASecond)),
    row("commit, median / p99", (one) => spread(one.commit)),
    row("processor time of this process a commit", (one) => `${one.commitCpu.toFixed(2)} ms`),
    row("insert, median / p99", (one) => spread(one.insert)),
    row("read of one that runs, median / p99", (one) => spread(one.running)),
    row("read of 240 looks, median / p99", (one) => spread(one.looks)),
    row("list of 100, median / p99", (one) => spread(one.list100)),
  ];
}

function rate(aSecond: number): string {
  return `${Math.round(aSecond)} a second`;
}

function spread(times: readonly number[]): string {
  return `${quantile(times, 0.5).toFixed(2)} / ${quantile(times, 0.99).toFixed(2)} ms`;
}

function quantile(given: readonly number[], share: number): number {
  const sorted = given.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

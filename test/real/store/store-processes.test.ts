/** What several processes do to one store, and what is left of one that is killed. */
import { describe, expect, it } from "vitest";
import { migrations } from "../../../src/store/migrations/migrations.ts";
import { keptOf } from "../../store/sample-changes.ts";
import {
  freshPath,
  openStoreAt as openSqliteAt,
  queryFile,
  temporaryFolder,
} from "../../store/sqlite/sqlite-files.ts";
import type { TestDatabase } from "../../store/test-database.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";
import { startStoreProcess } from "./start-store-process.ts";
import { usePostgres } from "./use-postgres.ts";

const postgres = usePostgres();

/** A database as a process is told of it, and as the test sees it. */
type Shared = Pick<TestDatabase, "openStore" | "query"> & {
  readonly target: readonly string[];
  /** Resolves once nothing is under way for a process that has ended. */
  settled(): Promise<void>;
};

const databases: readonly (readonly [name: string, empty: () => Promise<Shared>])[] = [
  [
    "SQLite",
    async () => {
      const path = freshPath();
      return {
        target: ["sqlite", path],
        openStore: () => openSqliteAt(path),
        query: async (sql) => queryFile(path, sql),
        settled: async () => undefined,
      };
    },
  ],
  [
    "PostgreSQL",
    async () => {
      const { url, openStore, query } = await postgres.empty();
      return {
        target: ["postgres", url],
        openStore,
        query,
        settled: () => expect.poll(() => query(othersSql)).toEqual([]),
      };
    },
  ],
];

/** A server's process goes on for a moment with what a client that was killed had asked for. */
const othersSql = `
  select query from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
  and pid <> pg_backend_pid()`;

describe.each(databases)("on %s", (_, empty) => {
  it("processes that find no schema make one together, and all of them write", async () => {
    const { target, query } = await empty();
    const processes = ["a", "b", "c"].map((prefix) => startStoreProcess([...target, "insert", prefix]));
    await Promise.all(processes.map((process) => process.hasTold(1)));
    for (const process of processes) process.begin();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await query("select number from coalmine_migrations")).toHaveLength(migrations.length);
    expect(await query("select id from analyses")).toHaveLength(60);
  });

  it("of processes that look at one analysis at once each revision has one winner, whole", async () => {
    const { target, openStore } = await empty();
    const { analyses } = await openStore();
    await analyses.insert(changeOf(recordOf("a")));
    const processes = [1, 2, 3].map(() => startStoreProcess([...target, "race"]));
    await Promise.all(processes.map((process) => process.hasTold(1)));
    for (const process of processes) process.begin();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const { running, looks } = await keptOf(analyses, "a");
    expect(running).toMatchObject({ record: { revision: 61, result: { score: 60 } }, next: { at: 60 } });
    expect(looks.map(({ score }) => score)).toEqual(counting(60));
  });

  it("nothing is lost that was answered before the process was killed", async () => {
    for (const lines of [10, 25, 60]) {
      const { target, openStore, settled } = await empty();
      const process = startStoreProcess([...target, "write"]);
      process.begin();
      await process.hasTold(lines);
      process.kill();
      await process.ended;
      await settled();
      const store = await openStore();
      const { running, looks } = await keptOf(store.analyses, "a");
      const answered = Number(process.told.at(-1));
      expect(answered).toBeGreaterThanOrEqual(lines - 1);
      // One more may have been stored, of which the answer was not heard.
      const stored = looks.length;
      expect([answered, answered + 1]).toContain(stored);
      expect(looks.map(({ score }) => score)).toEqual(counting(stored));
      expect(running).toMatchObject({
        record: { revision: stored + 1, result: { score: stored } },
        next: { at: stored },
      });
    }
  });
});

it("on SQLite a full disk is said to be full, loses nothing, and is written to once there is room", async () => {
  const folder = temporaryFolder();
  const process = startStoreProcess(
    ["sqlite", `${folder}/coalmine.db`, "fill", folder],
    ["unshare", "--mount", "--user", "--map-root-user", "sh", "-c", smallDisk, folder],
  );
  process.begin();
  expect(await process.ended).toBe(0);
  const full = expect.stringMatching(/^source-unavailable the database .* is full: make room/);
  expect(process.told).toEqual(["ready", full, full, "kept", "goes on"]);
});

/** A disk of 2 MB that this process and its children alone see. */
const smallDisk = 'mount -t tmpfs -o size=2m coalmine "$0" && exec "$@"';

function counting(to: number): readonly number[] {
  return Array.from({ length: to }, (_, index) => index + 1);
}

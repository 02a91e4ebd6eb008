import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeAnalysisStore } from "../../support/analysis-store-contract.ts";
import { describeAuditStore } from "../../support/audit-store-contract.ts";
import { describeGateStore } from "../../support/gate-store-contract.ts";
import { describeReleaseStore } from "../../support/release-store-contract.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";
import { describeDurableStore } from "../durable-store-contract.ts";
import { committed } from "../sample-changes.ts";
import { emptySqlite, freshPath, openStoreAt } from "./sqlite-files.ts";

const freshStore = async (options?: { readonly maxLooks?: number }) =>
  (await emptySqlite()).openStore(options);
describeAnalysisStore("openSqliteStore", { empty: async (options) => (await freshStore(options)).analyses });
describeGateStore("openSqliteStore", { empty: async () => (await freshStore()).gates });
describeReleaseStore("openSqliteStore", { empty: async () => (await freshStore()).releases });
describeAuditStore("openSqliteStore", { empty: freshStore });
describeDurableStore("openSqliteStore", emptySqlite);

const unavailable = (text: string) => ({
  code: "source-unavailable",
  message: expect.stringContaining(text),
});

describe("the file", () => {
  it("is made with its folder, for nobody else to read", async () => {
    const path = join(dirname(freshPath()), "deep", "er", "coalmine.db");
    const { analyses } = await openStoreAt(path);
    await analyses.insert(changeOf(recordOf("a")));
    const files = readdirSync(dirname(path));
    expect(files.toSorted()).toEqual(["coalmine.db", "coalmine.db-shm", "coalmine.db-wal"]);
    const modes = files.map((file) => statSync(join(dirname(path), file)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it("is closed to others if it was open to them", async () => {
    const path = freshPath();
    writeFileSync(path, "", { mode: 0o644 });
    await openStoreAt(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("has a log, which is synced to the disk with every transaction", async () => {
    const { db } = await (await emptySqlite()).openDatabase();
    const { rows: mode } = await sql`pragma journal_mode`.execute(db);
    const { rows: synchronous } = await sql`pragma synchronous`.execute(db);
    expect([...mode, ...synchronous]).toEqual([{ journal_mode: "wal" }, { synchronous: 2 }]);
  });

  it("that is no database is left as it is", async () => {
    const path = freshPath();
    writeFileSync(path, "notes of somebody, longer than the head of a database".repeat(20));
    await expect(openStoreAt(path)).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining(`${path}: the file is not an SQLite database`),
    });
    expect(statSync(path).size).toBe(1_060);
  });

  it("that cannot be made is named with the reason", async () => {
    const path = freshPath();
    writeFileSync(path, "");
    const below = join(path, "coalmine.db");
    await expect(openStoreAt(below)).rejects.toMatchObject(unavailable(`${below} cannot be opened or made`));
    mkdirSync(`${path}.folder`);
    await expect(openStoreAt(`${path}.folder`)).rejects.toMatchObject(
      unavailable("cannot be opened or made"),
    );
  });
});

describe("while the file takes no writes", () => {
  it("says that another process has locked it, and goes on when it is free", async () => {
    const path = freshPath();
    const { analyses, check } = await openStoreAt(path, { busyTimeoutMs: 1 });
    await analyses.insert(changeOf(recordOf("a")));
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec("begin immediate");
    const done = changeOf(recordOf("a", { phase: "done" }));
    await expect(analyses.commit(done)).rejects.toMatchObject(unavailable("another process has locked it"));
    await expect(check()).rejects.toMatchObject(unavailable("another process has locked it"));
    expect(await analyses.get("a")).toEqual(recordOf("a"));
    other.exec("rollback");
    expect(await analyses.commit(done)).toBe(true);
    expect(await analyses.get("a")).toEqual(committed(done));
  });

  it("says that it is full, keeps what it answered, and goes on when there is room", async () => {
    const store = await openStoreAt(freshPath(), { maxFileBytes: 400_000 });
    const kept: string[] = [];
    const fill = async () => {
      for (let index = 0; index < 1_000; index++) {
        const record = recordOf(`${index}`, { phase: "done" });
        await store.analyses.insert(changeOf(record));
        kept.push(record.id);
      }
    };
    await expect(fill()).rejects.toMatchObject(unavailable("is full: make room"));
    expect(kept.length).toBeGreaterThan(5);
    const listed = await store.analyses.list({ limit: 1_000 });
    expect(listed.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
    expect(await store.forget({ endedBefore: Date.UTC(2027, 0, 1) })).toBe(kept.length);
    await store.analyses.insert(changeOf(recordOf("after")));
    expect(await store.analyses.get("after")).toEqual(recordOf("after"));
  });
});

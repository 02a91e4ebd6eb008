/** The tests that a store passes in every database, beyond the contracts of its ports. */
import { describe, expect, it } from "vitest";
import type { AnalysisRecord, LookRecord } from "../../src/analysis/analysis-record.ts";
import { addLook } from "../../src/analysis/live/add-look.ts";
import { migrate } from "../../src/store/migrations/migrate.ts";
import type { Migration } from "../../src/store/migrations/migration.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import type { SqlDatabase } from "../../src/store/sql/sql-database.ts";
import type { SqlStore } from "../../src/store/sql/sql-store.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { releaseOf } from "../support/release-store-contract.ts";
import { gateOf } from "../support/sample-gate.ts";
import { recordOf, specOf } from "../support/sample-record.ts";
import { storeOptions } from "./store-options.ts";

/** A database of a test's own; what is opened is closed after the test. */
export interface TestDatabase {
  /** Opens a store over it: each is as another process would have it. */
  openStore(options?: ReturnType<typeof storeOptions>): Promise<SqlStore>;
  /** The database under the store, its schema as it stands. */
  openDatabase(): Promise<SqlDatabase>;
  /** What is there, past the store. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

function lookAt(minute: number, fail: number = minute): LookRecord {
  const evidence = [{ metric: "errors", fail, pass: null }];
  return { at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), score: 50, evidence };
}

function looksOf(count: number): readonly LookRecord[] {
  return Array.from({ length: count }, (_, minute) => lookAt(minute));
}

const odd = "a\u0000b \ud800 \udc00\ud800 \\u0000 \"quoted\" 'single' \u2028 \ufeff";

/** Declares the suite for one database. @param empty makes one without a schema. */
export function describeDurableStore(subject: string, empty: () => Promise<TestDatabase>): void {
  describe(`${subject}, as a durable store`, () => {
    it("finds everything again when it is opened again", async () => {
      const database = await empty();
      const first = await database.openStore();
      const record = { ...recordOf("a", { key: "k" }), looks: looksOf(3) };
      await first.analyses.insert(record);
      await first.gates.put(gateOf());
      await first.releases.put(releaseOf());
      await first.close();
      const second = await database.openStore();
      expect(await second.analyses.findByKey("k")).toEqual(record);
      expect(await second.gates.list({})).toEqual([gateOf()]);
      expect(await second.releases.listOpen()).toEqual([releaseOf()]);
    });

    it("keeps texts that a database could not hold as they are", async () => {
      const store = await (await empty()).openStore();
      const record = {
        ...recordOf(odd, { key: odd, spec: specOf({ service: "x" }) }),
        looks: [{ ...lookAt(1), at: odd }],
      };
      const result = { ...record.result, service: odd, namespace: odd };
      const release = releaseOf({
        namespace: odd,
        name: odd,
        revision: odd,
        analysis: odd,
        notes: { [odd]: odd },
      });
      const gate = gateOf({ namespace: odd, canary: odd, revision: odd, by: odd });
      await store.analyses.insert({ ...record, result });
      await store.releases.put(release);
      await store.gates.put(gate);
      expect(await store.analyses.get(odd)).toEqual({ ...record, result });
      expect(await store.analyses.list({ service: odd, namespace: odd, limit: 1 })).toHaveLength(1);
      expect(await store.releases.get(odd, odd)).toEqual(release);
      expect(await store.gates.list({ namespace: odd, canary: odd })).toEqual([gate]);
    });

    it("keeps apart keys that differ in halves of surrogate pairs alone", async () => {
      const { analyses } = await (await empty()).openStore();
      const keys = ["\ud800", "\ud801", "\ufffd", "\\ud800", ""];
      for (const [index, key] of keys.entries()) await analyses.insert(recordOf(`id-${index}`, { key }));
      const found = await Promise.all(keys.map(async (key) => (await analyses.findByKey(key))?.id));
      expect(found).toEqual(["id-0", "id-1", "id-2", "id-3", "id-4"]);
    });

    it("keeps a state whose sums have overflowed", async () => {
      const { analyses } = await (await empty()).openStore();
      const heap = { name: "heap", kind: "gauge", query: "heap_bytes", aggregate: "mean", gate: true };
      const record = recordOf("a", { spec: specOf({ metrics: [heap], duration: "40m" }) });
      const total = { sum: Number.POSITIVE_INFINITY, looks: 2 };
      const metrics = (record.state?.metrics ?? []).map((metric) =>
        metric.kind === "gauge" ? { ...metric, total: { ...metric.total, canary: total } } : metric,
      );
      expect(metrics.map(({ kind }) => kind)).toEqual(["gauge"]);
      const overflowed = record.state === null ? record : { ...record, state: { ...record.state, metrics } };
      await analyses.insert(overflowed);
      expect(await analyses.get("a")).toEqual(overflowed);
    });

    it("gives back a path as it was given, look by look and when it is thinned", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      const reader = (await database.openStore()).analyses;
      let record: AnalysisRecord = recordOf("a");
      await analyses.insert(record);
      for (let minute = 0; minute < 25; minute++) {
        record = { ...record, looks: addLook(record.looks, lookAt(minute), 8) };
        await analyses.update(record);
        expect(await reader.get("a")).toEqual(record);
      }
    });

    it("adds a row for a new look and leaves the others alone", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      const record = { ...recordOf("a"), looks: looksOf(3) };
      await analyses.insert(record);
      await database.query(`update looks set look = '${JSON.stringify(lookAt(0, 77))}' where position = 0`);
      await analyses.update({ ...record, looks: [...record.looks, lookAt(3)] });
      const stored = await analyses.get("a");
      expect(stored?.looks.map(({ evidence }) => evidence[0]?.fail)).toEqual([77, 1, 2, 3]);
    });

    it("adds a row also after the analysis was read, as by another replica", async () => {
      const database = await empty();
      await (await database.openStore()).analyses.insert({ ...recordOf("a"), looks: looksOf(3) });
      const { analyses } = await database.openStore();
      const record = await analyses.get("a");
      await database.query(`update looks set look = '${JSON.stringify(lookAt(0, 77))}' where position = 0`);
      if (record !== null) await analyses.update({ ...record, looks: [...record.looks, lookAt(3)] });
      const stored = await analyses.get("a");
      expect(stored?.looks.map(({ evidence }) => evidence[0]?.fail)).toEqual([77, 1, 2, 3]);
    });

    it.each([
      ["the same looks", (looks: readonly LookRecord[]) => looks],
      ["none", () => []],
      ["another in the middle", (looks: readonly LookRecord[]) => looks.with(1, lookAt(1, 99))],
      ["another at the end", (looks: readonly LookRecord[]) => looks.with(-1, lookAt(9))],
      [
        "another in the middle and one more",
        (looks: readonly LookRecord[]) => [...looks.with(0, lookAt(7)), lookAt(8)],
      ],
      ["two more", (looks: readonly LookRecord[]) => [...looks, lookAt(8), lookAt(9)]],
      ["more than one statement takes", () => looksOf(2_500)],
    ])("replaces a path by %s", async (_, change) => {
      const { analyses } = await (await empty()).openStore();
      const record = { ...recordOf("a"), looks: looksOf(4) };
      await analyses.insert(record);
      const changed = { ...record, looks: change(record.looks) };
      await analyses.update(changed);
      expect(await analyses.get("a")).toEqual(changed);
    });

    it("keeps row and path together when two processes write by turns", async () => {
      const database = await empty();
      const writers = [await database.openStore(), await database.openStore()];
      const record = recordOf("a");
      await writers[0]?.analyses.insert(record);
      const paths: readonly LookRecord[][] = [[], []];
      for (let minute = 0; minute < 12; minute++) {
        const path = paths[minute % 2] ?? [];
        path.push(lookAt(minute));
        const written = { ...record, result: { ...record.result, score: minute }, looks: [...path] };
        await writers[minute % 2]?.analyses.update(written);
        expect(await writers[(minute + 1) % 2]?.analyses.get("a")).toEqual(written);
      }
    });

    it("ends with one of the records that are written at once, whole", async () => {
      const { analyses } = await (await empty()).openStore();
      const record = recordOf("a");
      await analyses.insert(record);
      const written = [1, 2, 3, 4].map((score) => ({
        ...record,
        result: { ...record.result, score },
        looks: looksOf(score).map((look) => ({ ...look, score })),
      }));
      await Promise.all(written.map((one) => analyses.update(one)));
      expect(written).toContainEqual(await analyses.get("a"));
    });

    it("keeps nothing of an insert that is refused", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      await analyses.insert({ ...recordOf("a", { key: "k" }), looks: looksOf(2) });
      const second = { ...recordOf("b", { key: "k" }), looks: looksOf(3) };
      await expect(analyses.insert(second)).rejects.toThrow('the key "k" is taken by another analysis');
      expect(await database.query("select analysis from looks")).toHaveLength(2);
    });

    it("refuses a key that another has also in an update", async () => {
      const { analyses } = await (await empty()).openStore();
      await analyses.insert(recordOf("a", { key: "k" }));
      await analyses.insert(recordOf("b"));
      const conflict = { name: "CoalmineError", code: "conflict" };
      await expect(analyses.update(recordOf("b", { key: "k" }))).rejects.toMatchObject(conflict);
      expect(await analyses.get("b")).toEqual(recordOf("b"));
    });

    it.each([
      ["state", `'{"version":1}'`],
      ["result", `'{}'`],
      ["spec", `'[]'`],
      ["spec", `'{'`],
    ])("says which row it cannot read for its %s of %s, and lists the others", async (column, value) => {
      const database = await empty();
      const logger = quietLogger();
      const { analyses } = await database.openStore(storeOptions(logger));
      for (const id of ["a", "b", "c"]) await analyses.insert(recordOf(id));
      await database.query(`update analyses set ${column} = ${value} where id = 'b'`);
      await expect(analyses.get("b")).rejects.toMatchObject({
        code: "internal",
        message: expect.stringContaining("the analysis b "),
      });
      expect((await analyses.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "a"]);
      expect(logger.errors.map(({ fields }) => fields["analysis"])).toEqual(["b"]);
    });

    it("forgets what ended before a time, with its looks, and nothing else", async () => {
      const database = await empty();
      const store = await database.openStore();
      const start = Date.UTC(2026, 0, 1);
      const old = Array.from({ length: 120 }, (_, index) => recordOf(`old-${index}`, { phase: "done" }));
      for (const record of old) await store.analyses.insert({ ...record, looks: looksOf(2) });
      await store.analyses.insert({ ...recordOf("runs"), looks: looksOf(2) });
      await store.analyses.insert(recordOf("later", { startedAt: start + 10_000, phase: "cancelled" }));
      expect(await store.forget({ endedBefore: start })).toBe(0);
      expect(await store.forget({ endedBefore: start + 5_000 })).toBe(120);
      expect((await store.analyses.list({ limit: 200 })).map(({ id }) => id)).toEqual(["later", "runs"]);
      expect(await database.query("select analysis from looks")).toHaveLength(2);
    });

    it("takes writes when it says so, and fails after it is closed", async () => {
      const database = await empty();
      const store = await database.openStore();
      await store.check();
      expect(await database.query("select id from health")).toHaveLength(1);
      await store.check();
      await store.close();
      await expect(store.check()).rejects.toThrow(/^the database .+ is closed$/);
      await expect(store.analyses.get("a")).rejects.toMatchObject({ code: "source-unavailable" });
    });
  });

  describe(`${subject}, its schema`, () => {
    const second = (...statements: readonly string[]): readonly Migration[] => [
      ...migrations,
      { number: migrations.length + 1, name: "next", statements: () => statements },
    ];

    it("is brought up to date with what is there", async () => {
      const database = await empty();
      const store = await database.openStore();
      await store.analyses.insert(recordOf("a"));
      await migrate(await database.openDatabase(), second("alter table analyses add column owner text"));
      expect(await database.query("select id, owner from analyses")).toEqual([{ id: "a", owner: null }]);
      // The version before goes on with what it has open.
      await store.analyses.update(recordOf("a", { phase: "done" }));
      expect(await store.analyses.get("a")).toEqual(recordOf("a", { phase: "done" }));
    });

    it("that is newer than the program is refused, with both versions", async () => {
      const database = await empty();
      await migrate(await database.openDatabase(), second("create table later (id integer)"));
      await expect(database.openStore()).rejects.toMatchObject({
        code: "invalid-settings",
        message: expect.stringMatching(/the schema of version 2 and this program knows version 1\b/),
      });
    });

    it("that other migrations made is refused", async () => {
      const database = await empty();
      await migrate(await database.openDatabase(), second("create table later (id integer)"));
      const other = migrate(await database.openDatabase(), second("create table otherwise (id integer)"));
      await expect(other).rejects.toMatchObject({
        code: "invalid-settings",
        message: expect.stringContaining("migration 2 is not the one"),
      });
    });

    it("is as it was when a migration fails in the middle", async () => {
      const database = await empty();
      const store = await database.openStore();
      await store.analyses.insert(recordOf("a"));
      const failing = second(
        "create table later (id integer)",
        "alter table analyses add column owner text",
        "create table analyses (id integer)",
      );
      await expect(migrate(await database.openDatabase(), failing)).rejects.toThrow(
        /^migration 2 \(next\) failed and nothing was changed: the database .*already exists/,
      );
      await expect(database.query("select * from later")).rejects.toThrow();
      await expect(database.query("select owner from analyses")).rejects.toThrow();
      expect(await database.query("select number from coalmine_migrations")).toHaveLength(1);
      await store.analyses.update(recordOf("a", { phase: "done" }));
      await migrate(await database.openDatabase(), second("create table later (id integer)"));
      expect(await database.query("select * from later")).toEqual([]);
    });
  });
}

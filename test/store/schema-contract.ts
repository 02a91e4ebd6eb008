/** The tests of migrations that every database passes. */
import { describe, expect, it } from "vitest";
import { migrate, readSchemaVersion } from "../../src/store/migrations/migrate.ts";
import type { Migration } from "../../src/store/migrations/migration.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import { changeOf, recordOf } from "../support/sample-record.ts";
import type { TestDatabase } from "./test-database.ts";

const known = migrations.length;
const next = known + 1;

/** The known migrations and one more. */
function andOne(...statements: readonly string[]): readonly Migration[] {
  return [...migrations, { number: next, name: "next", statements: () => statements }];
}

/** Declares the suite for one database. @param empty makes one without a schema. */
export function describeSchema(subject: string, empty: () => Promise<TestDatabase>): void {
  const done = recordOf("a", { phase: "done" });

  describe(`${subject}, its schema`, () => {
    it("is brought up to date with what is there", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      await analyses.insert(changeOf(recordOf("a")));
      await migrate(await database.openDatabase(), andOne("alter table analyses add column owner text"));
      expect(await database.query("select id, owner from analyses")).toEqual([{ id: "a", owner: null }]);
      // The version before goes on with what it has open.
      expect(await analyses.commit(changeOf(done))).toBe(true);
      expect(await analyses.get("a")).toEqual({ ...done, revision: 2 });
    });

    it("of every version before is brought up to date, with what is there", async () => {
      for (let version = 1; version < known; version++) {
        const database = await empty();
        await migrate(await database.openDatabase(), migrations.slice(0, version));
        await database.query(
          `insert into gates (gate_key, namespace, canary, is_open, said_at, at, said_by)
            values ('k', 'shop', 'checkout', 0, 1, '2026-01-01T00:00:00.000Z', 'alice')`,
        );
        const { gates, audit } = await database.openStore();
        expect(await gates.list({})).toMatchObject([{ canary: "checkout", isOpen: false }]);
        expect(await audit.list({ limit: 1 })).toEqual([]);
      }
    });

    it("tells its version, and is not changed by that", async () => {
      const database = await empty();
      const version = async () => readSchemaVersion(await database.openDatabase(), migrations);
      expect(await version()).toEqual({ met: 0, known });
      await expect(database.query("select * from coalmine_migrations")).rejects.toThrow();
      await migrate(await database.openDatabase(), migrations.slice(0, 1));
      expect(await version()).toEqual({ met: 1, known });
      await database.openStore();
      expect(await version()).toEqual({ met: known, known });
      await migrate(await database.openDatabase(), andOne("create table later (id integer)"));
      await expect(version()).rejects.toMatchObject({ code: "invalid-settings" });
    });

    it("that is newer than the program is refused, with both versions", async () => {
      const database = await empty();
      await migrate(await database.openDatabase(), andOne("create table later (id integer)"));
      await expect(database.openStore()).rejects.toMatchObject({
        code: "invalid-settings",
        message: expect.stringContaining(
          `the schema of version ${next} and this program knows version ${known}:`,
        ),
      });
    });

    it("that other migrations made is refused", async () => {
      const database = await empty();
      await migrate(await database.openDatabase(), andOne("create table later (id integer)"));
      const other = migrate(await database.openDatabase(), andOne("create table otherwise (id integer)"));
      await expect(other).rejects.toMatchObject({
        code: "invalid-settings",
        message: expect.stringContaining(`migration ${next} is not the one`),
      });
    });

    it("is as it was when a migration fails in the middle", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      await analyses.insert(changeOf(recordOf("a")));
      const failing = andOne(
        "create table later (id integer)",
        "alter table analyses add column owner text",
        "create table analyses (id integer)",
      );
      await expect(migrate(await database.openDatabase(), failing)).rejects.toThrow(
        new RegExp(
          `^migration ${next} \\(next\\) failed and nothing was changed: the database .*already exists`,
        ),
      );
      await expect(database.query("select * from later")).rejects.toThrow();
      await expect(database.query("select owner from analyses")).rejects.toThrow();
      expect(await database.query("select number from coalmine_migrations")).toHaveLength(known);
      expect(await analyses.commit(changeOf(done))).toBe(true);
      await migrate(await database.openDatabase(), andOne("create table later (id integer)"));
      expect(await database.query("select * from later")).toEqual([]);
    });
  });
}

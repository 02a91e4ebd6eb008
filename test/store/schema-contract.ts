/** The tests of migrations that every database passes. */
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/store/migrations/migrate.ts";
import type { Migration } from "../../src/store/migrations/migration.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import { changeOf, recordOf } from "../support/sample-record.ts";
import type { TestDatabase } from "./test-database.ts";

/** The known migrations and one more. */
function second(...statements: readonly string[]): readonly Migration[] {
  return [...migrations, { number: migrations.length + 1, name: "next", statements: () => statements }];
}

/** Declares the suite for one database. @param empty makes one without a schema. */
export function describeSchema(subject: string, empty: () => Promise<TestDatabase>): void {
  const done = recordOf("a", { phase: "done" });

  describe(`${subject}, its schema`, () => {
    it("is brought up to date with what is there", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      await analyses.insert(changeOf(recordOf("a")));
      await migrate(await database.openDatabase(), second("alter table analyses add column owner text"));
      expect(await database.query("select id, owner from analyses")).toEqual([{ id: "a", owner: null }]);
      // The version before goes on with what it has open.
      expect(await analyses.commit(changeOf(done))).toBe(true);
      expect(await analyses.get("a")).toEqual({ ...done, revision: 2 });
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
      const { analyses } = await database.openStore();
      await analyses.insert(changeOf(recordOf("a")));
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
      expect(await analyses.commit(changeOf(done))).toBe(true);
      await migrate(await database.openDatabase(), second("create table later (id integer)"));
      expect(await database.query("select * from later")).toEqual([]);
    });
  });
}

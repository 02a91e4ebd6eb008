/** The tests of what takes effect together or not at all, which every database passes. */
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { AddJob } from "../../src/store/sql/analysis-store.ts";
import { changeOf, recordOf } from "../support/sample-record.ts";
import { changeBy, committed, keptOf, lookOf } from "./sample-changes.ts";
import type { TestDatabase } from "./test-database.ts";

/** A queue whose jobs are rows of the database. */
interface Jobs {
  readonly addJob: AddJob;
  /** What happens once the row of a job is written. */
  afterwards: AddJob | null;
  added(): Promise<readonly unknown[]>;
}

async function jobsIn(database: TestDatabase): Promise<Jobs> {
  await database.query("create table jobs (id text, namespace text, due double precision)");
  const jobs: Jobs = {
    afterwards: null,
    async addJob(db, due) {
      await sql`insert into jobs values (${due.id}, ${due.namespace}, ${due.dueAt})`.execute(db);
      await jobs.afterwards?.(db, due);
    },
    added: () => database.query("select id, namespace, due from jobs order by due"),
  };
  return jobs;
}

const failures: readonly (readonly [name: string, AddJob])[] = [
  ["throws", () => Promise.reject(new Error("the queue is away"))],
  ["has a statement refused", async (db) => void (await sql`select * from nowhere`.execute(db))],
];

/** Declares the suite for one database. @param empty makes one without a schema. */
export function describeTransactions(subject: string, empty: () => Promise<TestDatabase>): void {
  const record = recordOf("a", { key: "k" });
  const done = recordOf("a", { key: "k", phase: "done" });

  async function withJobs() {
    const database = await empty();
    const jobs = await jobsIn(database);
    const { analyses } = await database.openStore({ addJob: jobs.addJob });
    return { database, jobs, analyses };
  }

  describe(`${subject}, its transactions`, () => {
    it("add the job of every next look, and none where there is no next", async () => {
      const { jobs, analyses } = await withJobs();
      await analyses.insert(changeBy(record, 1));
      await analyses.commit(changeBy(record, 2));
      const both = [
        { id: "a", namespace: "shop", due: 5_001 },
        { id: "a", namespace: "shop", due: 5_002 },
      ];
      expect(await jobs.added()).toEqual(both);
      expect(await analyses.commit(changeBy(record, 3))).toBe(false);
      await expect(analyses.insert(changeBy(recordOf("b", { key: "k" }), 4))).rejects.toThrow("taken");
      await analyses.insert(changeOf(recordOf("c", { phase: "done" })));
      expect(await analyses.commit(changeOf({ ...done, revision: 2 }))).toBe(true);
      expect(await jobs.added()).toEqual(both);
    });

    it("add the job before anybody else sees the change that it belongs to", async () => {
      const { database, jobs, analyses } = await withJobs();
      const seen: unknown[] = [];
      const outside = () => database.query("select revision from analyses");
      jobs.afterwards = async (db) => {
        const rows = [await db.selectFrom("analyses").select("revision").execute(), await outside()];
        const revisions = rows.map((some) => some.map(({ revision }) => Number(revision)));
        seen.push({ revisions, jobs: (await jobs.added()).length });
      };
      await analyses.insert(changeBy(record, 1));
      await analyses.commit(changeBy(record, 2));
      expect(seen).toEqual([
        { revisions: [[1], []], jobs: 0 },
        { revisions: [[2], [1]], jobs: 1 },
      ]);
      expect(await database.query("select id from jobs")).toHaveLength(2);
    });

    it.each(failures)("keep nothing of an insert whose job %s", async (_, failure) => {
      const { jobs, analyses } = await withJobs();
      jobs.afterwards = failure;
      await expect(analyses.insert(changeBy(record, 1))).rejects.toMatchObject({ name: "CoalmineError" });
      expect(await keptOf(analyses, "a")).toEqual({ record: null, running: null, looks: [] });
      expect(await jobs.added()).toEqual([]);
      jobs.afterwards = null;
      await analyses.insert(changeBy(record, 1));
      expect(await analyses.looks("a")).toEqual([lookOf(1)]);
    });

    it.each(failures)("keep nothing of a commit whose job %s", async (_, failure) => {
      const { jobs, analyses } = await withJobs();
      await analyses.insert(changeBy(record, 1));
      const before = await keptOf(analyses, "a");
      jobs.afterwards = failure;
      await expect(analyses.commit(changeBy(record, 2))).rejects.toMatchObject({ name: "CoalmineError" });
      expect(await keptOf(analyses, "a")).toEqual(before);
      expect(await jobs.added()).toHaveLength(1);
      jobs.afterwards = null;
      expect(await analyses.commit(changeBy(record, 2))).toBe(true);
      expect(await analyses.looks("a")).toEqual([lookOf(1), lookOf(2)]);
      expect(await jobs.added()).toHaveLength(2);
    });

    it("keep nothing of a commit whose look cannot be written", async () => {
      const { database, jobs, analyses } = await withJobs();
      await analyses.insert(changeBy(record, 1));
      const before = await keptOf(analyses, "a");
      await database.query("alter table looks rename to elsewhere");
      await expect(analyses.commit(changeBy(record, 2))).rejects.toMatchObject({ code: "internal" });
      await database.query("alter table elsewhere rename to looks");
      expect(await keptOf(analyses, "a")).toEqual(before);
      expect(await jobs.added()).toHaveLength(1);
      expect(await analyses.commit(changeBy(record, 2))).toBe(true);
    });

    it("keep nothing of an insert that is refused", async () => {
      const { analyses } = await (await empty()).openStore();
      await analyses.insert(changeBy(record, 1));
      const second = changeBy(recordOf("b", { key: "k" }), 2);
      await expect(analyses.insert(second)).rejects.toThrow('the key "k" is taken by another analysis');
      expect(await keptOf(analyses, "b")).toEqual({ record: null, running: null, looks: [] });
      expect(await analyses.looks("a")).toEqual([lookOf(1)]);
    });

    it("refuse a key that another has also in a commit", async () => {
      const { analyses } = await (await empty()).openStore();
      await analyses.insert(changeOf(record));
      await analyses.insert(changeBy(recordOf("b"), 1));
      const before = await keptOf(analyses, "b");
      const conflict = { name: "CoalmineError", code: "conflict" };
      await expect(analyses.commit(changeBy(recordOf("b", { key: "k" }), 2))).rejects.toMatchObject(conflict);
      expect(await keptOf(analyses, "b")).toEqual(before);
    });

    it("let one of several changes at once win whole", async () => {
      const { jobs, analyses } = await withJobs();
      await analyses.insert(changeOf(record));
      const changes = [1, 2, 3, 4].map((score) => changeBy(record, score));
      const won = await Promise.all(changes.map((change) => analyses.commit(change)));
      const [winner, ...others] = changes.filter((_, index) => won[index]);
      if (winner === undefined) throw new Error("one was to win");
      expect(others).toEqual([]);
      const stored = committed(winner);
      expect(await keptOf(analyses, "a")).toEqual({
        record: stored,
        running: { record: stored, next: winner.next, weight: null },
        looks: [winner.look],
      });
      expect(await jobs.added()).toHaveLength(2);
    });

    it("of two processes by turns keep every look, and nothing of the one that had not read", async () => {
      const database = await empty();
      const [one, other] = [await database.openStore(), await database.openStore()];
      await one.analyses.insert(changeOf(record));
      let known = record;
      for (let score = 1; score <= 12; score++) {
        const [{ analyses }, late] = score % 2 === 0 ? [one, other] : [other, one];
        const change = changeBy(known, score);
        expect(await analyses.commit(change)).toBe(true);
        expect(await late.analyses.commit(changeBy(known, -score))).toBe(false);
        known = committed(change);
        expect(await late.analyses.get("a")).toEqual(known);
      }
      const scores = (await one.analyses.looks("a")).map(({ score }) => score);
      expect(scores).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    it("leave a weight alone that another process tells between two of them, or at once with one", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      const other = (await database.openStore()).analyses;
      await analyses.insert(changeOf(record));
      const first = changeBy(record, 1);
      await other.setWeight("a", 12.5);
      expect(await analyses.commit(first)).toBe(true);
      expect((await other.running("a"))?.weight).toBe(12.5);
      const second = changeBy(committed(first), 2);
      const [isKept] = await Promise.all([analyses.commit(second), analyses.setWeight("a", 40)]);
      expect(isKept).toBe(true);
      expect(await other.running("a")).toEqual({ record: committed(second), next: second.next, weight: 40 });
    });
  });
}

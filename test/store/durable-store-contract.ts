/** The tests that a store passes in every database, beyond the contracts of its ports. */
import { describe, expect, it } from "vitest";
import { addLook, type LookPath } from "../../src/store/memory/add-look.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { releaseOf } from "../support/release-store-contract.ts";
import { gateOf } from "../support/sample-gate.ts";
import { changeOf, recordOf, specOf } from "../support/sample-record.ts";
import { describeDurableAudit } from "./durable-audit-contract.ts";
import { changeBy, committed, keptOf, lookOf } from "./sample-changes.ts";
import { describeSchema } from "./schema-contract.ts";
import type { TestDatabase } from "./test-database.ts";
import { describeTransactions } from "./transaction-contract.ts";

const odd = "a\u0000b \ud800 \udc00\ud800 \\u0000 \"quoted\" 'single' \u2028 \ufeff";

const damaged = (id: string) => ({
  code: "internal",
  message: expect.stringContaining(`the analysis ${id} as it is stored cannot be read`),
});

/** Declares the suites for one database. @param empty makes one without a schema. */
export function describeDurableStore(subject: string, empty: () => Promise<TestDatabase>): void {
  describe(`${subject}, as a durable store`, () => {
    it("finds everything again when it is opened again", async () => {
      const database = await empty();
      const first = await database.openStore();
      const record = recordOf("a", { key: "k" });
      const change = changeBy(record, 2);
      await first.analyses.insert(changeBy(record, 1));
      await first.analyses.commit(change);
      await first.analyses.setWeight("a", 5);
      await first.gates.put(gateOf());
      await first.releases.put(releaseOf());
      await first.close();
      const second = await database.openStore();
      const stored = committed(change);
      expect(await second.analyses.findByKey("k")).toEqual(stored);
      expect(await second.analyses.running("a")).toEqual({ record: stored, next: change.next, weight: 5 });
      expect(await second.analyses.looks("a")).toEqual([lookOf(1), lookOf(2)]);
      expect(await second.analyses.due({ limit: 10 })).toEqual([
        { id: "a", namespace: "shop", dueAt: 5_002 },
      ]);
      expect(await second.gates.list({})).toEqual([gateOf()]);
      expect(await second.releases.listOpen()).toEqual([releaseOf()]);
    });

    it("keeps texts that a database could not hold as they are", async () => {
      const { analyses, gates, releases } = await (await empty()).openStore();
      const plain = recordOf(odd, { key: odd });
      const record = { ...plain, result: { ...plain.result, service: odd, namespace: odd } };
      const change = { ...changeBy(record, 2), look: { ...lookOf(2), at: odd } };
      await analyses.insert(changeBy(record, 1));
      expect(await analyses.commit(change)).toBe(true);
      await analyses.setWeight(odd, 5);
      const running = { record: committed(change), next: change.next, weight: 5 };
      const looks = [lookOf(1), change.look];
      expect(await keptOf(analyses, odd)).toEqual({ record: running.record, running, looks });
      expect(await analyses.findByKey(odd)).toEqual(running.record);
      expect(await analyses.list({ service: odd, namespace: odd, limit: 1 })).toHaveLength(1);
      expect(await analyses.countRunning(odd)).toBe(1);
      expect(await analyses.revisions([odd])).toEqual(new Map([[odd, 2]]));
      expect(await analyses.due({ limit: 1 })).toEqual([{ id: odd, namespace: odd, dueAt: 5_002 }]);
      const notes = { [odd]: odd };
      const release = releaseOf({ namespace: odd, name: odd, revision: odd, analysis: odd, notes });
      const gate = gateOf({ namespace: odd, canary: odd, revision: odd, by: odd });
      await releases.put(release);
      await gates.put(gate);
      expect(await releases.get(odd, odd)).toEqual(release);
      expect(await gates.list({ namespace: odd, canary: odd })).toEqual([gate]);
    });

    it("keeps apart keys that differ in halves of surrogate pairs alone", async () => {
      const { analyses } = await (await empty()).openStore();
      const keys = ["\ud800", "\ud801", "\ufffd", "\\ud800", ""];
      for (const [index, key] of keys.entries())
        await analyses.insert(changeOf(recordOf(`id-${index}`, { key })));
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
      await analyses.insert(changeOf(record));
      expect(await analyses.commit(changeOf(overflowed))).toBe(true);
      expect(await analyses.get("a")).toEqual({ ...overflowed, revision: 2 });
    });

    it("adds a row for a new look and leaves the others alone", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      const change = changeBy(recordOf("a"), 2);
      await analyses.insert(changeBy(recordOf("a"), 1));
      await analyses.commit(change);
      await database.query(`update looks set look = '${JSON.stringify(lookOf(77))}' where position = 0`);
      await analyses.commit(changeBy(committed(change), 3));
      expect(await analyses.looks("a")).toEqual([lookOf(77), lookOf(2), lookOf(3)]);
    });

    it("thins a long path evenly, and no other", async () => {
      const { analyses } = await (await empty()).openStore({ maxLooks: 7 });
      const scores = async (id: string) => (await analyses.looks(id)).map(({ score }) => score);
      let record = recordOf("a");
      let path: LookPath = { looks: [], taken: 0 };
      for (const id of ["a", "b"]) await analyses.insert(changeBy(recordOf(id), 0));
      await analyses.commit(changeBy(recordOf("b"), 1));
      for (let score = 1; score <= 40; score++) {
        path = addLook(path, lookOf(score - 1), 7);
        expect(await analyses.looks("a")).toEqual(path.looks);
        const change = changeBy(record, score);
        await analyses.commit(change);
        record = committed(change);
      }
      expect(await scores("a")).toEqual([0, 8, 16, 24, 32, 40]);
      expect(await scores("b")).toEqual([0, 1]);
    });

    it.each([
      ["state", `'{"version":1}'`],
      ["result", `'{}'`],
      ["spec", `'[]'`],
      ["spec", `'{'`],
    ])("says which row it cannot read for its %s of %s, and lists the others", async (column, value) => {
      const database = await empty();
      const logger = quietLogger();
      const { analyses } = await database.openStore({ logger });
      for (const id of ["a", "b", "c"]) await analyses.insert(changeOf(recordOf(id)));
      await database.query(`update analyses set revision = 2, ${column} = ${value} where id = 'b'`);
      await expect(analyses.get("b")).rejects.toMatchObject(damaged("b"));
      await expect(analyses.running("b")).rejects.toMatchObject(damaged("b"));
      expect((await analyses.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "a"]);
      expect(logger.errors.map(({ fields }) => fields["analysis"])).toEqual(["b"]);
    });

    it("says whose next look or whose path it cannot read", async () => {
      const database = await empty();
      const { analyses } = await database.openStore();
      for (const id of ["a", "b"]) await analyses.insert(changeBy(recordOf(id), 1));
      await database.query("update analyses set look_at = null where id = 'b'");
      await database.query("update looks set look = '{}' where analysis = 'b'");
      await expect(analyses.running("b")).rejects.toMatchObject(damaged("b"));
      await expect(analyses.looks("b")).rejects.toMatchObject(damaged("b"));
      expect((await analyses.get("b"))?.id).toBe("b");
      expect(await analyses.looks("a")).toEqual([lookOf(1)]);
    });

    it("leaves out of what is due, and of lists, a row with an id that it never wrote", async () => {
      const database = await empty();
      const logger = quietLogger();
      const { analyses } = await database.openStore({ logger });
      for (const id of ["a", "b", "c"]) await analyses.insert(changeOf(recordOf(id)));
      await database.query(`update analyses set id = '"' where id = 'b'`);
      expect((await analyses.due({ limit: 10 })).map(({ id }) => id).toSorted()).toEqual(["a", "c"]);
      expect((await analyses.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "a"]);
      expect(logger.errors.map(({ fields }) => fields["analysis"])).toEqual(['"', '"']);
    });

    it("forgets what ended before a time, with its looks, and nothing else", async () => {
      const database = await empty();
      const store = await database.openStore();
      const start = Date.UTC(2026, 0, 1);
      const old = Array.from({ length: 120 }, (_, index) => recordOf(`old-${index}`, { phase: "done" }));
      for (const record of old) await store.analyses.insert(changeOf(record, lookOf(1)));
      await store.analyses.insert(changeBy(recordOf("runs"), 1));
      await store.analyses.commit(changeBy(recordOf("runs"), 2));
      const later = recordOf("later", { startedAt: start + 10_000, phase: "cancelled" });
      await store.analyses.insert(changeOf(later));
      expect(await store.forget({ endedBefore: start })).toBe(0);
      expect(await store.forget({ endedBefore: start + 5_000 })).toBe(120);
      expect((await store.analyses.list({ limit: 200 })).map(({ id }) => id)).toEqual(["later", "runs"]);
      expect(await database.query("select analysis from looks")).toHaveLength(2);
      expect(await store.analyses.commit(changeOf(recordOf("old-0")))).toBe(false);
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

  describeTransactions(subject, empty);
  describeDurableAudit(subject, empty);
  describeSchema(subject, empty);
}

/** The tests that every AnalysisStore passes. */
import { describe, expect, it } from "vitest";
import type { AnalysisRecord, LookRecord } from "../../src/analysis/analysis-record.ts";
import type { AnalysisStore } from "../../src/analysis/ports.ts";
import { changeOf, recordOf, specOf } from "./sample-record.ts";

/** Opens a store that holds nothing; whatever that takes, the fixture closes after the test. */
export interface AnalysisStoreFixture {
  empty(options?: { readonly maxLooks?: number }): Promise<AnalysisStore>;
}

/** A look so many minutes after the start. */
function lookAt(minute: number): LookRecord {
  const evidence = [{ metric: "errors", fail: minute, pass: null }];
  return { at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), score: 50, evidence };
}

/** Declares the suite for one implementation. */
export function describeAnalysisStore(subject: string, fixture: AnalysisStoreFixture): void {
  const holding = async (...records: readonly AnalysisRecord[]) => {
    const store = await fixture.empty();
    for (const record of records) await store.insert(changeOf(record));
    return store;
  };
  const conflict = { name: "CoalmineError", code: "conflict" };

  describe(`${subject}, as an AnalysisStore`, () => {
    it("gives back what it was given, by id and by key", async () => {
      const record = recordOf("a", { key: "shop/checkout:7" });
      const store = await holding(record, recordOf("b"));
      expect(await store.get("a")).toEqual(record);
      expect(await store.findByKey("shop/checkout:7")).toEqual(record);
    });

    it("keeps every digit and every character", async () => {
      const store = await fixture.empty();
      const numbers = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, -0.5, 9_007_199_254_740_991];
      const text = 'line\nbreak, "quotes", \\, \u{1F426}, \u0001';
      const evidence = numbers.map((fail) => ({ metric: text, fail, pass: null }));
      const look = { at: "2026-01-01T00:00:00.000Z", score: 50, evidence };
      const record = recordOf("a", { key: "a-key", spec: specOf({ service: "kaffee-größe" }) });
      await store.insert(changeOf(record, look));
      expect(await store.get("a")).toEqual(record);
      expect(await store.looks("a")).toEqual([look]);
    });

    it("answers null for an id or a key that it does not hold", async () => {
      const store = await holding(recordOf("a", { key: "k" }));
      expect(await store.get("k")).toBeNull();
      expect(await store.findByKey("a")).toBeNull();
      expect(await (await fixture.empty()).get("a")).toBeNull();
    });

    it("refuses an id that is taken, and keeps what there is", async () => {
      const first = recordOf("a", { key: "first" });
      const store = await holding(first);
      await expect(store.insert(changeOf(recordOf("a", { key: "second" })))).rejects.toMatchObject(conflict);
      expect(await store.get("a")).toEqual(first);
      expect(await store.findByKey("second")).toBeNull();
    });

    it("refuses a key that is taken, in another namespace too", async () => {
      const first = recordOf("a", { key: "k" });
      const store = await holding(first);
      const second = recordOf("b", { key: "k", spec: specOf({ namespace: "elsewhere" }) });
      await expect(store.insert(changeOf(second))).rejects.toMatchObject(conflict);
      expect(await store.get("b")).toBeNull();
      expect(await store.findByKey("k")).toEqual(first);
    });

    it("lets one of several win that insert the same key at once", async () => {
      const store = await fixture.empty();
      const all = ["a", "b", "c", "d"].map((id) => store.insert(changeOf(recordOf(id, { key: "k" }))));
      const outcomes = await Promise.allSettled(all);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store.list({ limit: 10 })).toHaveLength(1);
    });

    it("keeps any number of analyses without a key", async () => {
      const store = await holding(recordOf("a"), recordOf("b"), recordOf("c"));
      expect(await store.list({ limit: 10 })).toHaveLength(3);
    });

    it("replaces what it holds, and its revision rises", async () => {
      const store = await holding(recordOf("a", { key: "k" }), recordOf("b"));
      const done = recordOf("a", { key: "k", phase: "done" });
      expect(await store.commit(changeOf(done))).toBe(true);
      expect(await store.get("a")).toEqual({ ...done, revision: 2 });
      expect(await store.findByKey("k")).toEqual({ ...done, revision: 2 });
      expect(await store.get("b")).toEqual(recordOf("b"));
      expect(await store.revisions(["a", "b", "nobody"])).toEqual(new Map(Object.entries({ a: 2, b: 1 })));
    });

    it("does not change a record that it gave out", async () => {
      const running = recordOf("a");
      const store = await holding(running);
      const before = await store.get("a");
      await store.commit(changeOf(recordOf("a", { phase: "done" })));
      expect(before).toEqual(running);
    });

    it("changes nothing for a change of an older revision, or of what it does not hold", async () => {
      const store = await holding(recordOf("a"));
      const first = changeOf(recordOf("a"), lookAt(0));
      expect(await store.commit(first)).toBe(true);
      expect(await store.commit(changeOf(recordOf("a", { phase: "done" }), lookAt(1)))).toBe(false);
      expect(await store.commit(changeOf({ ...recordOf("a"), revision: 3 }, lookAt(1)))).toBe(false);
      expect(await store.get("a")).toEqual({ ...recordOf("a"), revision: 2 });
      expect(await store.looks("a")).toEqual([lookAt(0)]);
      expect(await store.commit(changeOf(recordOf("nobody")))).toBe(false);
      expect(await store.get("nobody")).toBeNull();
    });

    it("lets one of several win that change the same revision at once", async () => {
      const store = await holding(recordOf("a"));
      const changes = [0, 1, 2, 3].map((minute) => store.commit(changeOf(recordOf("a"), lookAt(minute))));
      const won = (await Promise.all(changes)).filter(Boolean);
      expect(won).toHaveLength(1);
      expect(await store.looks("a")).toHaveLength(1);
      expect((await store.get("a"))?.revision).toBe(2);
    });

    it("keeps the next look of what runs, and none of what has ended", async () => {
      const record = recordOf("a");
      const store = await holding(record, recordOf("b", { phase: "done" }));
      const next = { at: 5_000, dueAt: 10_500, catchUpTo: 0 };
      expect(await store.running("a")).toEqual({ record, next: changeOf(record).next, weight: null });
      await store.commit({ record, look: null, next });
      expect(await store.running("a")).toEqual({ record: { ...record, revision: 2 }, next, weight: null });
      expect(await store.running("b")).toBeNull();
      expect(await store.running("nobody")).toBeNull();
      const ended = { ...recordOf("a", { phase: "cancelled" }), revision: 2 };
      await store.commit({ record: ended, look: null, next: null });
      expect(await store.running("a")).toBeNull();
    });

    it("keeps the weight that was told last, through the looks, while the analysis runs", async () => {
      const record = recordOf("a");
      const store = await holding(record, recordOf("b", { phase: "done" }));
      await store.setWeight("a", 5);
      await store.setWeight("a", 12.5);
      await store.commit(changeOf(record));
      expect((await store.running("a"))?.weight).toBe(12.5);
      await store.setWeight("b", 20);
      await store.setWeight("nobody", 20);
      expect(await store.get("b")).toEqual(recordOf("b", { phase: "done" }));
    });

    it("tells which looks are due, first those that are due first, and counts what runs", async () => {
      const store = await fixture.empty();
      const insert = async (id: string, dueAt: number, namespace = "shop") => {
        const record = recordOf(id, { spec: specOf({ namespace }) });
        await store.insert({ record, look: null, next: { at: dueAt, dueAt, catchUpTo: 0 } });
      };
      await insert("late", 3_000);
      await insert("early", 1_000, "team");
      await insert("middle", 2_000);
      await store.insert(changeOf(recordOf("done", { phase: "done" })));
      const due = await store.due({ limit: 10 });
      expect(due.map(({ id, namespace, dueAt }) => [id, namespace, dueAt])).toEqual([
        ["early", "team", 1_000],
        ["middle", "shop", 2_000],
        ["late", "shop", 3_000],
      ]);
      expect((await store.due({ before: 2_000, limit: 10 })).map(({ id }) => id)).toEqual([
        "early",
        "middle",
      ]);
      expect((await store.due({ limit: 1 })).map(({ id }) => id)).toEqual(["early"]);
      expect(await store.countRunning()).toBe(3);
      expect(await store.countRunning("shop")).toBe(2);
      expect(await store.countRunning("nobody")).toBe(0);
    });

    it("keeps a long path thinned, from its beginning to the newest look", async () => {
      const store = await fixture.empty({ maxLooks: 8 });
      let record = recordOf("a");
      await store.insert(changeOf(record, lookAt(0)));
      for (let minute = 1; minute < 40; minute++) {
        await store.commit(changeOf(record, lookAt(minute)));
        record = { ...record, revision: record.revision + 1 };
        const path = (await store.looks("a")).map(({ at }) => Date.parse(at) / 60_000);
        expect(path.length).toBeLessThanOrEqual(8);
        expect(path.at(-1)).toBe(Date.parse(lookAt(minute).at) / 60_000);
        expect(path).toEqual([...path].sort((a, b) => a - b));
      }
      const minutes = (await store.looks("a")).map(({ at }) => new Date(at).getUTCMinutes());
      expect(minutes[0]).toBe(0);
      expect(minutes.length).toBeGreaterThanOrEqual(4);
    });

    it("lists the newest first, at most as many as asked for", async () => {
      const start = Date.UTC(2026, 0, 1);
      const ids = ["c", "a", "d", "b"];
      const store = await holding(
        ...ids.map((id, hour) => recordOf(id, { startedAt: start + hour * 3_600_000 })),
      );
      await store.commit(changeOf(recordOf("c", { startedAt: start, phase: "done" })));
      const list = async (limit: number) => (await store.list({ limit })).map(({ id }) => id);
      expect(await list(10)).toEqual(["b", "d", "a", "c"]);
      expect(await list(2)).toEqual(["b", "d"]);
    });

    it("lists what matches every filter", async () => {
      const store = await holding(
        recordOf("a"),
        recordOf("b", { phase: "done" }),
        recordOf("c", { spec: specOf({ service: "cart" }) }),
        recordOf("d", { spec: specOf({ namespace: "test" }), phase: "cancelled" }),
      );
      const list = async (filter: object) =>
        (await store.list({ ...filter, limit: 10 })).map(({ id }) => id).sort();
      expect(await list({ service: "checkout" })).toEqual(["a", "b", "d"]);
      expect(await list({ namespace: "shop" })).toEqual(["a", "b", "c"]);
      expect(await list({ phase: "running" })).toEqual(["a", "c"]);
      expect(await list({ phase: "cancelled" })).toEqual(["d"]);
      expect(await list({ namespace: "shop", service: "checkout", phase: "done" })).toEqual(["b"]);
      expect(await list({ service: "check" })).toEqual([]);
    });
  });
}

/** The tests that every AnalysisStore passes. */
import { describe, expect, it } from "vitest";
import type { AnalysisRecord } from "../../src/analysis/analysis-record.ts";
import type { AnalysisStore } from "../../src/analysis/ports.ts";
import { recordOf, specOf } from "./sample-record.ts";

/** Opens a store that holds nothing; whatever that takes, the fixture closes after the test. */
export interface AnalysisStoreFixture {
  empty(): Promise<AnalysisStore>;
}

/** Declares the suite for one implementation. */
export function describeAnalysisStore(subject: string, fixture: AnalysisStoreFixture): void {
  const holding = async (...records: readonly AnalysisRecord[]) => {
    const store = await fixture.empty();
    for (const record of records) await store.insert(record);
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
      const numbers = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, -0.5, 9_007_199_254_740_991];
      const text = 'line\nbreak, "quotes", \\, \u{1F426}, \u0001';
      const evidence = numbers.map((fail) => ({ metric: text, fail, pass: null }));
      const looks = [{ at: "2026-01-01T00:00:00.000Z", score: 50, evidence }];
      const record = { ...recordOf("a", { key: "a-key", spec: specOf({ service: "kaffee-größe" }) }), looks };
      expect(await (await holding(record)).get("a")).toEqual(record);
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
      await expect(store.insert(recordOf("a", { key: "second" }))).rejects.toMatchObject(conflict);
      expect(await store.get("a")).toEqual(first);
      expect(await store.findByKey("second")).toBeNull();
    });

    it("refuses a key that is taken, in another namespace too", async () => {
      const first = recordOf("a", { key: "k" });
      const store = await holding(first);
      const second = recordOf("b", { key: "k", spec: specOf({ namespace: "elsewhere" }) });
      await expect(store.insert(second)).rejects.toMatchObject(conflict);
      expect(await store.get("b")).toBeNull();
      expect(await store.findByKey("k")).toEqual(first);
    });

    it("lets one of several win that insert the same key at once", async () => {
      const store = await fixture.empty();
      const all = ["a", "b", "c", "d"].map((id) => store.insert(recordOf(id, { key: "k" })));
      const outcomes = await Promise.allSettled(all);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store.list({ limit: 10 })).toHaveLength(1);
    });

    it("keeps any number of analyses without a key", async () => {
      const store = await holding(recordOf("a"), recordOf("b"), recordOf("c"));
      expect(await store.list({ limit: 10 })).toHaveLength(3);
    });

    it("replaces what it holds", async () => {
      const store = await holding(recordOf("a", { key: "k" }), recordOf("b"));
      const done = recordOf("a", { key: "k", phase: "done" });
      await store.update(done);
      expect(await store.get("a")).toEqual(done);
      expect(await store.findByKey("k")).toEqual(done);
      expect(await store.get("b")).toEqual(recordOf("b"));
    });

    it("does not change a record that it gave out", async () => {
      const running = recordOf("a");
      const store = await holding(running);
      const before = await store.get("a");
      await store.update(recordOf("a", { phase: "done" }));
      expect(before).toEqual(running);
    });

    it("refuses to replace what it does not hold", async () => {
      const store = await fixture.empty();
      const notFound = { name: "CoalmineError", code: "not-found" };
      await expect(store.update(recordOf("a"))).rejects.toMatchObject(notFound);
      expect(await store.get("a")).toBeNull();
    });

    it("lists the newest first, at most as many as asked for", async () => {
      const start = Date.UTC(2026, 0, 1);
      const ids = ["c", "a", "d", "b"];
      const store = await holding(
        ...ids.map((id, hour) => recordOf(id, { startedAt: start + hour * 3_600_000 })),
      );
      await store.update(recordOf("c", { startedAt: start, phase: "done" }));
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

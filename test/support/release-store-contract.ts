/** The tests that every ReleaseStore passes. */
import { describe, expect, it } from "vitest";
import type { ReleaseRecord, ReleaseStore } from "../../src/analysis/ports.ts";

/** Opens a store that holds nothing; whatever that takes, the fixture closes after the test. */
export interface ReleaseStoreFixture {
  empty(): Promise<ReleaseStore>;
}

const openedAt = Date.UTC(2026, 0, 1, 12);

/** The first release of shop/checkout, open and without an analysis. */
export function releaseOf(rest: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    namespace: "shop",
    name: "checkout",
    revision: "85d557f47b",
    attempt: 1,
    analysis: null,
    openedAt,
    closedAt: null,
    notes: {},
    ...rest,
  };
}

/** Declares the suite for one implementation. */
export function describeReleaseStore(subject: string, fixture: ReleaseStoreFixture): void {
  const holding = async (...records: readonly ReleaseRecord[]) => {
    const store = await fixture.empty();
    for (const record of records) await store.put(record);
    return store;
  };
  const names = (records: readonly ReleaseRecord[]) => records.map(({ name }) => name).sort();

  describe(`${subject}, as a ReleaseStore`, () => {
    it("gives back what it was given, every digit and character of it", async () => {
      const record = releaseOf({
        attempt: 2 ** 31,
        analysis: "flagger.shop.checkout.85d557f47b.1",
        openedAt: openedAt + 1,
        closedAt: openedAt + 999,
        notes: { weight: 0.1 + 0.2, isTold: true, none: null, "a key": 'quoted "\u{1F426}" \\ \n\u0001' },
      });
      expect(await (await holding(record)).get("shop", "checkout")).toEqual(record);
    });

    it("answers null for what it does not hold", async () => {
      const store = await holding(releaseOf());
      expect(await store.get("shop", "cart")).toBeNull();
      expect(await store.get("test", "checkout")).toBeNull();
      expect(await store.get("", "")).toBeNull();
    });

    it("keeps one release of a name, the one put last", async () => {
      const second = releaseOf({ revision: "f00", attempt: 2 });
      const store = await holding(releaseOf({ notes: { old: true } }), second);
      expect(await store.get("shop", "checkout")).toEqual(second);
      expect(await store.listOpen()).toEqual([second]);
    });

    it("keeps apart names and namespaces, whatever characters they have", async () => {
      const records = [
        releaseOf({ namespace: "a", name: "b.c" }),
        releaseOf({ namespace: "a.b", name: "c" }),
        releaseOf({ namespace: "a/b", name: "c" }),
        releaseOf({ namespace: "a", name: "b/c" }),
      ];
      const store = await holding(...records);
      for (const record of records) expect(await store.get(record.namespace, record.name)).toEqual(record);
    });

    it("lists those that are open, until they are closed and when they are opened again", async () => {
      const store = await holding(releaseOf({ name: "a" }), releaseOf({ name: "b" }));
      await store.put(releaseOf({ name: "c", closedAt: openedAt + 1 }));
      expect(names(await store.listOpen())).toEqual(["a", "b"]);
      await store.put(releaseOf({ name: "a", closedAt: openedAt + 1 }));
      await store.put(releaseOf({ name: "c", attempt: 2 }));
      expect(names(await store.listOpen())).toEqual(["b", "c"]);
      expect(await store.get("shop", "a")).toMatchObject({ closedAt: openedAt + 1 });
    });

    it("does not change what it gave out", async () => {
      const store = await holding(releaseOf());
      const [one, all] = [await store.get("shop", "checkout"), await store.listOpen()];
      await store.put(releaseOf({ closedAt: openedAt + 1 }));
      expect(one).toEqual(releaseOf());
      expect(all).toEqual([releaseOf()]);
    });
  });
}

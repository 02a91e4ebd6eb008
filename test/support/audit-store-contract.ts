/** The tests that every AuditStore passes, with the stores of what its entries are about. */
import { describe, expect, it } from "vitest";
import { type AuditEntry, type Audited, auditActions, doors } from "../../src/analysis/audit/audit-entry.ts";
import { gateHooks } from "../../src/analysis/gates/gate.ts";
import type { AnalysisStore, AuditStore, GateStore } from "../../src/analysis/ports.ts";
import { entryOf } from "./sample-entry.ts";
import { gateOf } from "./sample-gate.ts";
import { changeOf, recordOf } from "./sample-record.ts";

export interface AuditedStores {
  readonly audit: AuditStore;
  readonly analyses: AnalysisStore;
  readonly gates: GateStore;
}

/** Opens stores that hold nothing; whatever that takes, the fixture closes after the test. */
export interface AuditStoreFixture {
  empty(): Promise<AuditedStores>;
}

const gateWord: Extract<Audited, { kind: "gate" }> = {
  kind: "gate",
  canary: "checkout",
  hook: null,
  revision: null,
  by: "bob",
};

/** Declares the suite for one implementation. */
export function describeAuditStore(subject: string, fixture: AuditStoreFixture): void {
  const holding = async (...entries: readonly AuditEntry[]) => {
    const stores = await fixture.empty();
    for (const entry of entries) await stores.gates.put(gateOf(), entry);
    return stores;
  };
  const listed = async (audit: AuditStore) =>
    (await audit.list({ limit: 100 })).map(({ position: _position, ...entry }) => entry);

  describe(`${subject}, as an AuditStore`, () => {
    it("has an entry of each change that came with one, newest first", async () => {
      const { audit, analyses, gates } = await fixture.empty();
      const started = entryOf({ minute: 1 });
      const cancelled = entryOf({ minute: 2, action: "cancel", caller: "bob", door: "grpc" });
      const closed = entryOf({ minute: 3, action: "close-gate", door: "flagger", about: gateWord });
      await analyses.insert({ ...changeOf(recordOf("a")), entry: started });
      const done = recordOf("a", { phase: "cancelled" });
      expect(await analyses.commit({ ...changeOf(done), entry: cancelled })).toBe(true);
      await gates.put(gateOf({ isOpen: false }), closed);
      expect(await listed(audit)).toEqual([closed, cancelled, started]);
    });

    it("has none of a change that came without", async () => {
      const { audit, analyses, gates } = await fixture.empty();
      await analyses.insert(changeOf(recordOf("a")));
      await analyses.commit(changeOf(recordOf("a", { phase: "done" })));
      await gates.put(gateOf());
      expect(await audit.list({ limit: 1 })).toEqual([]);
    });

    it("has none of a change that was refused, or came too late", async () => {
      const { audit, analyses } = await fixture.empty();
      await analyses.insert(changeOf(recordOf("a", { key: "k" })));
      const entry = entryOf();
      const sameId = changeOf(recordOf("a"));
      const sameKey = changeOf(recordOf("b", { key: "k" }));
      for (const change of [sameId, sameKey]) {
        await expect(analyses.insert({ ...change, entry })).rejects.toMatchObject({ code: "conflict" });
      }
      const late = changeOf({ ...recordOf("a", { key: "k", phase: "cancelled" }), revision: 7 });
      expect(await analyses.commit({ ...late, entry })).toBe(false);
      expect(await audit.list({ limit: 1 })).toEqual([]);
    });

    it("gives back what it was given, through every door and of every action", async () => {
      const entries = [
        ...doors.map((door) => entryOf({ door })),
        ...auditActions.map((action) => entryOf({ action })),
        ...[null, ...gateHooks].map((hook) =>
          entryOf({ action: "open-gate", about: { ...gateWord, hook, revision: "85d557f47b" } }),
        ),
      ];
      const { audit } = await holding(...entries);
      expect(await listed(audit)).toEqual(entries.toReversed());
    });

    it("keeps every character", async () => {
      const odd = "a\u0000b \ud800 \\u0000 \"quoted\" 'single'; drop table audit \u2028 \u{1F426}";
      const analysis = { kind: "analysis", id: odd, key: odd, service: odd } as const;
      const gate = { kind: "gate", canary: odd, hook: "rollback", revision: odd, by: odd } as const;
      const entries = [analysis, gate].map((about) => entryOf({ caller: odd, namespace: odd, about }));
      const { audit } = await holding(...entries);
      expect(await listed(audit)).toEqual(entries.toReversed());
      expect(await audit.list({ namespace: odd, limit: 10 })).toHaveLength(2);
    });

    it("orders by what was written later, whatever the clocks say", async () => {
      const { audit } = await holding(entryOf({ minute: 9 }), entryOf({ minute: 1 }), entryOf({ minute: 5 }));
      const entries = await audit.list({ limit: 10 });
      expect(entries.map(({ at }) => new Date(at).getUTCMinutes())).toEqual([5, 1, 9]);
      const [last = 0, middle = 0, first = 0] = entries.map(({ position }) => position);
      expect([last > middle, middle > first, first > 0]).toEqual([true, true, true]);
    });

    it("lists page by page, each entry once", async () => {
      const { audit } = await holding(...[0, 1, 2, 3, 4, 5, 6].map((minute) => entryOf({ minute })));
      const minutes: number[][] = [];
      for (let before: number | undefined; ; ) {
        const page = await audit.list({ ...(before === undefined ? {} : { before }), limit: 3 });
        if (page.length === 0) break;
        minutes.push(page.map(({ at }) => new Date(at).getUTCMinutes()));
        before = page.at(-1)?.position;
      }
      expect(minutes).toEqual([[6, 5, 4], [3, 2, 1], [0]]);
    });

    it("lists those of a namespace, before a position as well", async () => {
      const { audit } = await holding(
        ...["shop", "bank", "shop", "sho", "shop"].map((namespace, minute) => entryOf({ namespace, minute })),
      );
      const shop = await audit.list({ namespace: "shop", limit: 10 });
      expect(shop.map(({ at }) => new Date(at).getUTCMinutes())).toEqual([4, 2, 0]);
      const [newest] = shop;
      const before = await audit.list({ namespace: "shop", before: newest?.position ?? 0, limit: 1 });
      expect(before).toEqual(shop.slice(1, 2));
      expect(await audit.list({ namespace: "nowhere", limit: 10 })).toEqual([]);
    });
  });
}

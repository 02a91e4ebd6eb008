/** The tests of the audit that every database passes, beyond test/support/audit-store-contract.ts. */
import { describe, expect, it } from "vitest";
import { quietLogger } from "../support/quiet-logger.ts";
import { entryOf } from "../support/sample-entry.ts";
import { gateOf } from "../support/sample-gate.ts";
import { changeOf, recordOf } from "../support/sample-record.ts";
import { changeBy, keptOf } from "./sample-changes.ts";
import type { TestDatabase } from "./test-database.ts";

/** Declares the suite for one database. @param empty makes one without a schema. */
export function describeDurableAudit(subject: string, empty: () => Promise<TestDatabase>): void {
  const entry = entryOf();

  describe(`${subject}, its audit`, () => {
    it("is there when it is opened again", async () => {
      const database = await empty();
      const first = await database.openStore();
      await first.analyses.insert({ ...changeOf(recordOf("a")), entry });
      await first.close();
      const { audit } = await database.openStore();
      expect(await audit.list({ limit: 10 })).toEqual([{ ...entry, position: 1 }]);
    });

    it("that cannot be written keeps every change from happening", async () => {
      const database = await empty();
      const { analyses, gates, audit } = await database.openStore();
      const running = changeBy(recordOf("a"), 1);
      await analyses.insert({ ...running, entry });
      await gates.put(gateOf({ isOpen: false }), entry);
      const before = await keptOf(analyses, "a");
      await database.query("alter table audit rename to elsewhere");
      const refused = { code: "internal" };
      const another = { ...changeOf(recordOf("b")), entry };
      const cancelled = { ...changeOf(recordOf("a", { phase: "cancelled" })), entry };
      await expect(analyses.insert(another)).rejects.toMatchObject(refused);
      await expect(analyses.commit(cancelled)).rejects.toMatchObject(refused);
      await expect(gates.put(gateOf(), entry)).rejects.toMatchObject(refused);
      // A look has no entry, so it goes on.
      expect(await analyses.commit(running)).toBe(true);
      await database.query("alter table elsewhere rename to audit");
      expect(await analyses.get("b")).toBeNull();
      expect((await analyses.get("a"))?.result).toEqual(before.record?.result);
      expect(await gates.list({})).toEqual([gateOf({ isOpen: false })]);
      expect(await audit.list({ limit: 10 })).toHaveLength(2);
    });

    it("forgets what is from before a time, and gives no number twice", async () => {
      const database = await empty();
      const store = await database.openStore();
      for (const minute of [1, 2, 3]) await store.gates.put(gateOf(), entryOf({ minute }));
      expect(await store.forgetEntries(entryOf({ minute: 1 }).at)).toBe(0);
      expect(await store.forgetEntries(entryOf({ minute: 3 }).at)).toBe(2);
      expect(await store.audit.list({ limit: 10 })).toEqual([{ ...entryOf({ minute: 3 }), position: 3 }]);
      expect(await store.forgetEntries(entryOf({ minute: 4 }).at)).toBe(1);
      await store.gates.put(gateOf(), entryOf({ minute: 5 }));
      expect(await store.audit.list({ limit: 10 })).toEqual([{ ...entryOf({ minute: 5 }), position: 4 }]);
      expect(await store.gates.list({})).toEqual([gateOf()]);
    });

    it("stays when the analysis that it is about is forgotten", async () => {
      const store = await (await empty()).openStore();
      await store.analyses.insert({ ...changeOf(recordOf("a", { phase: "done" })), entry });
      expect(await store.forget({ endedBefore: Date.UTC(2027, 0, 1) })).toBe(1);
      expect(await store.audit.list({ limit: 10 })).toHaveLength(1);
    });

    it.each(["door", "action", "hook"])("lists the others where one has an unknown %s", async (column) => {
      const database = await empty();
      const logger = quietLogger();
      const { audit, gates } = await database.openStore({ logger });
      const about = {
        kind: "gate",
        canary: "checkout",
        hook: "rollback",
        revision: null,
        by: "bob",
      } as const;
      for (const minute of [1, 2, 3]) await gates.put(gateOf(), entryOf({ minute, about }));
      await database.query(`update audit set ${column} = 'of-a-later-version' where position = 2`);
      expect((await audit.list({ limit: 10 })).map(({ position }) => position)).toEqual([3, 1]);
      expect(logger.errors.map(({ fields }) => fields["position"])).toEqual([2]);
    });
  });
}

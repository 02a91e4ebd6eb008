import { expect, it } from "vitest";
import { listAudit } from "../../../src/analysis/audit/list-audit.ts";
import { anybody } from "../../../src/base/access.ts";
import { createMemoryAudit } from "../../../src/store/memory/memory-audit.ts";
import { callerNamed } from "../../support/access-of.ts";
import { entryOf } from "../../support/sample-entry.ts";

const shop = callerNamed("ci");

/** One entry for each namespace, in this order. */
function auditOf(namespaces: readonly string[]) {
  const audit = createMemoryAudit({ maxEntries: 100_000 });
  for (const namespace of namespaces) audit.add(entryOf({ namespace }));
  return audit;
}

const positions = (page: Awaited<ReturnType<typeof listAudit>>) =>
  page.entries.map(({ position }) => position);

it("tells whether there is more", async () => {
  const audit = auditOf(["shop", "shop", "shop"]);
  const first = await listAudit(audit, anybody, { limit: 2 });
  expect([positions(first), first.next]).toEqual([[3, 2], 2]);
  const second = await listAudit(audit, anybody, { limit: 2, before: 2 });
  expect([positions(second), second.next]).toEqual([[1], null]);
  expect((await listAudit(audit, anybody, { limit: 3 })).next).toBeNull();
  expect(await listAudit(audit, anybody, { limit: 1, before: 1 })).toEqual({ entries: [], next: null });
});

it("holds the caller's own entries, as many as asked for, whatever lies between", async () => {
  const audit = auditOf(Array.from({ length: 3_000 }, (_, index) => (index % 1_000 === 7 ? "shop" : "bank")));
  expect(positions(await listAudit(audit, shop, { limit: 2 }))).toEqual([2_008, 1_008]);
  expect(positions(await listAudit(audit, shop, { limit: 2, before: 2_008 }))).toEqual([1_008, 8]);
  expect(positions(await listAudit(audit, shop, { limit: 10 }))).toEqual([2_008, 1_008, 8]);
});

it("of another's namespace is empty, and so it is for who may only write", async () => {
  const audit = auditOf(["bank", "shop"]);
  const writer = callerNamed("robot", { scopes: ["write"] });
  expect(await listAudit(audit, shop, { namespace: "bank", limit: 10 })).toEqual({ entries: [], next: null });
  expect((await listAudit(audit, writer, { limit: 10 })).entries).toEqual([]);
  expect(positions(await listAudit(audit, shop, { namespace: "shop", limit: 10 }))).toEqual([2]);
});

it("reads so many entries and no more for one question, and says where to go on", async () => {
  const audit = auditOf(["shop", ...Array.from({ length: 30_000 }, () => "bank")]);
  let read = 0;
  const counted: typeof audit = {
    ...audit,
    async list(filter) {
      const entries = await audit.list(filter);
      read += entries.length;
      return entries;
    },
  };
  const page = await listAudit(counted, shop, { limit: 1 });
  expect(page.entries).toEqual([]);
  expect(read).toBeLessThan(20_100);
  const next = page.next ?? 0;
  expect(next).toBe(30_001 - read + 1);
  expect(positions(await listAudit(audit, shop, { limit: 1, before: next }))).toEqual([1]);
});

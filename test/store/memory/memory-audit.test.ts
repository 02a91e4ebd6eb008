import { expect, it } from "vitest";
import { createMemoryAudit } from "../../../src/store/memory/memory-audit.ts";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { describeAuditStore } from "../../support/audit-store-contract.ts";
import { entryOf } from "../../support/sample-entry.ts";
import { gateOf } from "../../support/sample-gate.ts";

describeAuditStore("createMemoryAudit", {
  async empty() {
    const audit = createMemoryAudit();
    return {
      audit,
      analyses: createMemoryStore({ maxRecords: 100, audit }),
      gates: createMemoryGateStore({ audit }),
    };
  },
});

it("forgets the oldest entries once it is full", async () => {
  const audit = createMemoryAudit({ maxEntries: 3 });
  for (const minute of [1, 2, 3, 4, 5]) audit.add(entryOf({ minute }));
  const entries = await audit.list({ limit: 10 });
  expect(entries.map(({ position }) => position)).toEqual([5, 4, 3]);
});

it("has no entry of a gate that there was no room for", async () => {
  const audit = createMemoryAudit();
  const gates = createMemoryGateStore({ maxGates: 1, audit });
  await gates.put(gateOf(), entryOf());
  await expect(gates.put(gateOf({ canary: "cart" }), entryOf())).rejects.toMatchObject({ code: "too-large" });
  expect(await audit.list({ limit: 10 })).toHaveLength(1);
});

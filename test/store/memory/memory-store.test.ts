import { expect, it } from "vitest";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { describeAnalysisStore } from "../../support/analysis-store-contract.ts";
import { recordOf } from "../../support/sample-record.ts";

describeAnalysisStore("createMemoryStore", {
  empty: async () => createMemoryStore({ maxRecords: 100 }),
});

it("forgets the oldest that have ended once it holds too many", async () => {
  const store = createMemoryStore({ maxRecords: 2 });
  await store.insert(recordOf("a", { key: "k", phase: "done" }));
  await store.insert(recordOf("b", { phase: "done" }));
  await store.insert(recordOf("c", { phase: "done" }));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(await store.findByKey("k")).toBeNull();
  await store.insert(recordOf("d", { key: "k" }));
  expect((await store.findByKey("k"))?.id).toBe("d");
});

it("keeps one that has just ended, however long ago it began", async () => {
  const store = createMemoryStore({ maxRecords: 2 });
  await store.insert(recordOf("long"));
  await store.insert(recordOf("b", { phase: "done" }));
  await store.insert(recordOf("c", { phase: "done" }));
  await store.update(recordOf("long", { phase: "done" }));
  expect(await store.get("long")).not.toBeNull();
  await store.insert(recordOf("d", { phase: "done" }));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["d", "long"]);
});

it("never forgets what runs", async () => {
  const store = createMemoryStore({ maxRecords: 1 });
  for (const id of ["a", "b", "c"]) await store.insert(recordOf(id));
  expect(await store.list({ limit: 10 })).toHaveLength(3);
  await store.update(recordOf("b", { phase: "done" }));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "a"]);
});

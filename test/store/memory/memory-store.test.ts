import { expect, it } from "vitest";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { describeAnalysisStore } from "../../support/analysis-store-contract.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";

describeAnalysisStore("createMemoryStore", {
  empty: async (options) => createMemoryStore({ maxRecords: 100, ...options }),
});

it("forgets the oldest that have ended once it holds too many", async () => {
  const store = createMemoryStore({ maxRecords: 2 });
  await store.insert(changeOf(recordOf("a", { key: "k", phase: "done" })));
  await store.insert(changeOf(recordOf("b", { phase: "done" })));
  await store.insert(changeOf(recordOf("c", { phase: "done" })));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(await store.findByKey("k")).toBeNull();
  await store.insert(changeOf(recordOf("d", { key: "k" })));
  expect((await store.findByKey("k"))?.id).toBe("d");
});

it("keeps one that has just ended, however long ago it began", async () => {
  const store = createMemoryStore({ maxRecords: 2 });
  await store.insert(changeOf(recordOf("long")));
  await store.insert(changeOf(recordOf("b", { phase: "done" })));
  await store.insert(changeOf(recordOf("c", { phase: "done" })));
  await store.commit(changeOf(recordOf("long", { phase: "done" })));
  expect(await store.get("long")).not.toBeNull();
  await store.insert(changeOf(recordOf("d", { phase: "done" })));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["d", "long"]);
});

it("never forgets what runs", async () => {
  const store = createMemoryStore({ maxRecords: 1 });
  for (const id of ["a", "b", "c"]) await store.insert(changeOf(recordOf(id)));
  expect(await store.list({ limit: 10 })).toHaveLength(3);
  await store.commit(changeOf(recordOf("b", { phase: "done" })));
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["c", "a"]);
});

import { expect, it } from "vitest";
import { createMemoryReleaseStore } from "../../../src/store/memory/memory-release-store.ts";
import { describeReleaseStore, releaseOf } from "../../support/release-store-contract.ts";

describeReleaseStore("createMemoryReleaseStore", { empty: async () => createMemoryReleaseStore() });

it("forgets the closed release that was put longest ago once it is full, and none that is open", async () => {
  const store = createMemoryReleaseStore({ maxReleases: 3 });
  await store.put(releaseOf({ name: "open" }));
  await store.put(releaseOf({ name: "first", closedAt: 1 }));
  await store.put(releaseOf({ name: "second", closedAt: 2 }));
  await store.put(releaseOf({ name: "first", closedAt: 3 }));
  await store.put(releaseOf({ name: "third" }));
  const isKept = async (name: string) => (await store.get("shop", name)) !== null;
  expect(await isKept("second")).toBe(false);
  for (const name of ["open", "first", "third"]) expect(await isKept(name), name).toBe(true);
});

it("refuses a release where all it holds are open, but lets those be changed", async () => {
  const store = createMemoryReleaseStore({ maxReleases: 2 });
  await store.put(releaseOf({ name: "a" }));
  await store.put(releaseOf({ name: "b" }));
  const refusal = { name: "CoalmineError", code: "too-large" };
  await expect(store.put(releaseOf({ name: "c" }))).rejects.toMatchObject(refusal);
  await store.put(releaseOf({ name: "a", closedAt: 1 }));
  await store.put(releaseOf({ name: "c" }));
  expect(await store.get("shop", "a")).toBeNull();
});

import { expect, it } from "vitest";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { describeGateStore } from "../../support/gate-store-contract.ts";
import { gateOf } from "../../support/sample-gate.ts";

describeGateStore("createMemoryGateStore", { empty: async () => createMemoryGateStore() });

const tooLarge = { name: "CoalmineError", code: "too-large" };

it("forgets the oldest gate of one revision once it is full, and none of every revision", async () => {
  const store = createMemoryGateStore({ maxGates: 3 });
  await store.put(gateOf({ minute: 0, by: "wide" }));
  await store.put(gateOf({ minute: 1, by: "first", revision: "a1" }));
  await store.put(gateOf({ minute: 2, by: "second", revision: "b2", canary: "cart" }));
  await store.put(gateOf({ minute: 3, by: "third", revision: "c3" }));
  const kept = async () => (await store.list({})).map(({ by }) => by);
  expect(await kept()).toEqual(["third", "second", "wide"]);
  await store.put(gateOf({ minute: 4, by: "wide too", canary: "cart" }));
  expect(await kept()).toEqual(["wide too", "third", "wide"]);
});

it("takes a gate said again for a young one", async () => {
  const store = createMemoryGateStore({ maxGates: 2 });
  await store.put(gateOf({ minute: 1, revision: "a1" }));
  await store.put(gateOf({ minute: 2, revision: "b2" }));
  await store.put(gateOf({ minute: 3, revision: "a1" }));
  await store.put(gateOf({ minute: 4, revision: "c3" }));
  expect((await store.list({})).map(({ revision }) => revision)).toEqual(["c3", "a1"]);
});

it("has no less room for a gate said often", async () => {
  const store = createMemoryGateStore({ maxGates: 2 });
  for (const minute of [1, 2, 3]) await store.put(gateOf({ minute, canary: "cart" }));
  await store.put(gateOf({ minute: 4 }));
  expect(await store.list({})).toHaveLength(2);
});

it("refuses a gate where all it holds are of every revision, but lets those be changed", async () => {
  const store = createMemoryGateStore({ maxGates: 2 });
  await store.put(gateOf({ minute: 1 }));
  await store.put(gateOf({ minute: 2, canary: "cart" }));
  await expect(store.put(gateOf({ minute: 3, canary: "mail" }))).rejects.toMatchObject(tooLarge);
  await expect(store.put(gateOf({ minute: 3, revision: "a1" }))).rejects.toMatchObject(tooLarge);
  await store.put(gateOf({ minute: 4, isOpen: false }));
  const gates = await store.list({});
  expect(gates.map(({ canary, isOpen }) => [canary, isOpen])).toEqual([
    ["checkout", false],
    ["cart", true],
  ]);
});

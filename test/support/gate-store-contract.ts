/** The tests that every GateStore passes. */
import { describe, expect, it } from "vitest";
import type { Gate } from "../../src/analysis/gates/gate.ts";
import type { GateStore } from "../../src/analysis/ports.ts";
import { gateOf } from "./sample-gate.ts";

/** Opens a store that holds nothing; whatever that takes, the fixture closes after the test. */
export interface GateStoreFixture {
  empty(): Promise<GateStore>;
}

/** Declares the suite for one implementation. */
export function describeGateStore(subject: string, fixture: GateStoreFixture): void {
  const holding = async (...gates: readonly Gate[]) => {
    const store = await fixture.empty();
    for (const gate of gates) await store.put(gate);
    return store;
  };

  describe(`${subject}, as a GateStore`, () => {
    it("gives back what it was given", async () => {
      const gate = gateOf({ hook: "confirm-promotion", revision: "85d557f47b", isOpen: false });
      expect(await (await holding(gate)).list({})).toEqual([gate]);
    });

    it("keeps every character", async () => {
      const gate = gateOf({ by: "Zoë \u{1F426} \"quoted\" \\ 'single'; drop table gates" });
      expect(await (await holding(gate)).list({})).toEqual([gate]);
    });

    it("holds nothing of what was never said", async () => {
      const store = await fixture.empty();
      expect(await store.list({})).toEqual([]);
      expect(await store.list({ namespace: "shop", canary: "checkout" })).toEqual([]);
    });

    it("replaces the gate of the same hook and revision, also of none", async () => {
      const store = await holding(
        gateOf({ minute: 1 }),
        gateOf({ minute: 2, hook: "rollback" }),
        gateOf({ minute: 3, revision: "a1" }),
        gateOf({ minute: 4, hook: "rollback", revision: "a1" }),
      );
      for (const said of await store.list({})) await store.put({ ...said, isOpen: !said.isOpen, by: "new" });
      const gates = await store.list({});
      expect(gates).toHaveLength(4);
      expect(gates.every(({ isOpen, by }) => !isOpen && by === "new")).toBe(true);
    });

    it("keeps apart hooks, revisions, canaries and namespaces", async () => {
      const gates = [
        gateOf({ minute: 1 }),
        gateOf({ minute: 2, hook: "confirm-promotion" }),
        gateOf({ minute: 3, revision: "a1" }),
        gateOf({ minute: 4, canary: "cart" }),
        gateOf({ minute: 5, namespace: "test" }),
        gateOf({ minute: 6, namespace: "a", canary: "b.c" }),
        gateOf({ minute: 7, namespace: "a.b", canary: "c" }),
      ];
      expect(await (await holding(...gates)).list({})).toEqual([...gates].reverse());
    });

    it("lists the latest first, by when it was said", async () => {
      const store = await holding(
        gateOf({ minute: 3, revision: "c" }),
        gateOf({ minute: 1, revision: "a", canary: "cart" }),
        gateOf({ minute: 2, revision: "b" }),
      );
      await store.put(gateOf({ minute: 4, revision: "a", canary: "cart" }));
      const revisions = async (filter: object) => (await store.list(filter)).map(({ revision }) => revision);
      expect(await revisions({})).toEqual(["a", "c", "b"]);
      expect(await revisions({ namespace: "shop", canary: "checkout" })).toEqual(["c", "b"]);
    });

    it("lists what matches every filter", async () => {
      const store = await holding(
        gateOf({ minute: 1, by: "1" }),
        gateOf({ minute: 2, by: "2", canary: "cart" }),
        gateOf({ minute: 3, by: "3", namespace: "test" }),
      );
      const list = async (filter: object) => (await store.list(filter)).map(({ by }) => by);
      expect(await list({ namespace: "shop" })).toEqual(["2", "1"]);
      expect(await list({ canary: "checkout" })).toEqual(["3", "1"]);
      expect(await list({ namespace: "test", canary: "checkout" })).toEqual(["3"]);
      expect(await list({ namespace: "test", canary: "cart" })).toEqual([]);
      expect(await list({ namespace: "sho" })).toEqual([]);
    });

    it("does not change a list that it gave out", async () => {
      const store = await holding(gateOf({ minute: 1 }));
      const before = await store.list({ namespace: "shop", canary: "checkout" });
      await store.put(gateOf({ minute: 2, isOpen: false }));
      await store.put(gateOf({ minute: 3, revision: "a1" }));
      expect(before).toEqual([gateOf({ minute: 1 })]);
    });
  });
}

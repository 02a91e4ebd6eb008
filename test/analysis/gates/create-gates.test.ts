import { describe, expect, it } from "vitest";
import { createGates } from "../../../src/analysis/gates/create-gates.ts";
import type { Gate, GateHook } from "../../../src/analysis/gates/gate.ts";
import type { GateQuestion } from "../../../src/analysis/gates/gates.ts";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { sampleAsker } from "../../support/sample-entry.ts";

const noon = Date.UTC(2026, 0, 1, 12);
const place = { namespace: "shop", canary: "checkout" };

function gatesAt(start = noon, store = createMemoryGateStore()) {
  const gates = createGates({ store, clock: fakeClock(start) });
  return {
    ...gates,
    open: (rest: Partial<Gate> = {}) => gates.say(word({ ...rest, isOpen: true }), sampleAsker),
    close: (rest: Partial<Gate> = {}) => gates.say(word({ ...rest, isOpen: false }), sampleAsker),
    isOpen: async (hook: GateHook | null, rest: Partial<GateQuestion> = {}) =>
      (await gates.standing({ ...place, hook, revision: "a1", ...rest }))?.isOpen ?? null,
  };
}

function word(rest: Partial<Gate>): Omit<Gate, "at"> {
  return { ...place, hook: null, revision: null, isOpen: true, by: "alice", ...rest };
}

const confirmHooks = ["confirm-rollout", "confirm-traffic-increase", "confirm-promotion"] as const;

describe("a gate", () => {
  it("says when it was said, and by whom", async () => {
    const gates = gatesAt();
    const said = await gates.close({ by: "bob" });
    expect(said).toEqual({ ...word({ isOpen: false, by: "bob" }), at: "2026-01-01T12:00:00.000Z" });
    expect(await gates.standing({ ...place, hook: "confirm-promotion", revision: "a1" })).toEqual(said);
    expect(await gates.list({})).toEqual([said]);
  });

  it("answers nothing where nobody said anything of it", async () => {
    const gates = gatesAt();
    await gates.open({ canary: "cart" });
    await gates.open({ namespace: "test" });
    for (const hook of [...confirmHooks, "rollback", null] as const)
      expect(await gates.isOpen(hook)).toBeNull();
  });

  it("of every hook answers the confirm hooks and who asks of none, but not rollback", async () => {
    const gates = gatesAt();
    await gates.open();
    for (const hook of [...confirmHooks, null]) expect(await gates.isOpen(hook)).toBe(true);
    expect(await gates.isOpen("rollback")).toBeNull();
  });

  it("of one hook answers that hook and nobody else", async () => {
    const gates = gatesAt();
    await gates.open({ hook: "rollback" });
    await gates.close({ hook: "confirm-promotion" });
    expect(await gates.isOpen("rollback")).toBe(true);
    expect(await gates.isOpen("confirm-promotion")).toBe(false);
    for (const hook of ["confirm-rollout", "confirm-traffic-increase", null] as const)
      expect(await gates.isOpen(hook)).toBeNull();
  });

  it("of one revision answers that revision and no other", async () => {
    const gates = gatesAt();
    await gates.open({ hook: "confirm-promotion", revision: "a1" });
    expect(await gates.isOpen("confirm-promotion")).toBe(true);
    expect(await gates.isOpen("confirm-promotion", { revision: "b2" })).toBeNull();
    expect(await gates.isOpen("confirm-promotion", { revision: null })).toBeNull();
  });

  it("of every hook and one revision does not answer confirm-rollout, which carries the revision before", async () => {
    const gates = gatesAt();
    await gates.close({ revision: "a1" });
    expect(await gates.isOpen("confirm-promotion")).toBe(false);
    expect(await gates.isOpen("confirm-rollout")).toBeNull();
  });

  it("of confirm-rollout cannot be of one revision", async () => {
    const gates = gatesAt();
    await expect(gates.close({ hook: "confirm-rollout", revision: "a1" })).rejects.toMatchObject({
      code: "invalid-request",
      message: expect.stringContaining("leave the revision out"),
    });
    expect(await gates.list({})).toEqual([]);
  });
});

describe("a word that was said before the release began", () => {
  it("opens its one revision no more; what is closed or of every revision stands", async () => {
    const gates = gatesAt();
    await gates.close({ hook: "confirm-promotion" });
    const { at } = await gates.open({ hook: "confirm-promotion", revision: "a1" });
    const since = (openedSince: number) => gates.isOpen("confirm-promotion", { openedSince });
    expect(await since(Date.parse(at))).toBe(true);
    expect(await since(Date.parse(at) + 1)).toBe(false);
    await gates.open({ hook: "rollback" });
    await gates.close({ hook: "rollback", revision: "a1" });
    expect(await gates.isOpen("rollback", { openedSince: Date.parse(at) + 60_000 })).toBe(false);
    expect(await gates.isOpen("rollback", { revision: "b2", openedSince: Date.parse(at) + 60_000 })).toBe(
      true,
    );
  });
});

describe("of several words", () => {
  it("the latest wins, narrow after wide and wide after narrow", async () => {
    const gates = gatesAt();
    await gates.close();
    await gates.open({ hook: "confirm-promotion" });
    expect(await gates.isOpen("confirm-promotion")).toBe(true);
    await gates.close({ revision: "a1" });
    expect(await gates.isOpen("confirm-promotion")).toBe(false);
    expect(await gates.isOpen("confirm-promotion", { revision: "b2" })).toBe(true);
    await gates.open();
    expect(await gates.isOpen("confirm-promotion")).toBe(true);
    await gates.close();
    expect(await gates.isOpen("confirm-promotion", { revision: "b2" })).toBe(false);
  });

  it("of the same hook and revision only the latest is kept", async () => {
    const gates = gatesAt();
    await gates.open({ by: "alice" });
    await gates.close({ by: "bob" });
    expect((await gates.list({})).map(({ by }) => by)).toEqual(["bob"]);
  });

  it("the latest wins within one millisecond, and said at once", async () => {
    const gates = gatesAt();
    await Promise.all([gates.close(), gates.open({ revision: "a1" }), gates.close({ hook: "rollback" })]);
    expect(await gates.isOpen("confirm-promotion")).toBe(true);
    const moments = (await gates.list({})).map(({ at }) => at);
    expect(new Set(moments).size).toBe(3);
  });

  it("the latest wins after a restart with a clock that was set back", async () => {
    const store = createMemoryGateStore();
    await gatesAt(noon, store).close();
    const later = gatesAt(noon - 3_600_000, store);
    await later.open({ hook: "confirm-promotion" });
    expect(await later.isOpen("confirm-promotion")).toBe(true);
  });
});

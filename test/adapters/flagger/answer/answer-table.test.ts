import { describe, expect, it } from "vitest";
import { decide, wantsPromotion } from "../../../../src/adapters/flagger/answer/answer-table.ts";
import type { JudgedHook } from "../../../../src/adapters/flagger/release/release-life.ts";
import type { Standing } from "../../../../src/adapters/flagger/release/standing.ts";
import type { Gate, GateHook } from "../../../../src/analysis/gates/gate.ts";

const kinds = ["none", "running", "pass", "fail", "held", "rollback", "promote", "superseded"] as const;
/** As README.md has it. */
const table = {
  "pre-rollout": [200, 200, 200, 403, 200, 403, 200, 200],
  rollout: [200, 200, 200, 403, 200, 403, 200, 200],
  "confirm-traffic-increase": [403, 200, 200, 403, 403, 403, 200, 403],
  "confirm-promotion": [403, 403, 200, 403, 403, 403, 200, 403],
  rollback: [403, 403, 403, 200, 403, 200, 403, 403],
} as const satisfies Record<JudgedHook, readonly number[]>;
const hooks = Object.keys(table) as JudgedHook[];

const standing = (kind: Standing["kind"]): Standing =>
  ({ kind, reason: "so", endsAt: 0, until: 0, heldUntil: null }) as Standing;
const gate = (hook: GateHook | null, isOpen: boolean, revision: string | null): Gate => ({
  ...{ namespace: "shop", canary: "checkout", hook, isOpen, revision },
  ...{ at: "2026-01-01T00:00:00.000Z", by: "ann" },
});
const none = { own: null, promotion: null };

describe("without a word of anybody", () => {
  it.each(hooks)("%s answers each standing as the table says", (hook) => {
    expect(kinds.map((kind) => decide(hook, standing(kind), none))).toEqual(
      table[hook].map((status) => ({ status, gate: null })),
    );
  });
});

describe("with a gate", () => {
  const changed = (hook: JudgedHook, words: Parameters<typeof decide>[2]) =>
    Object.fromEntries(
      kinds
        .map((kind, index) => [kind, decide(hook, standing(kind), words).status, table[hook][index]] as const)
        .filter(([, status, byTable]) => status !== byTable)
        .map(([kind, status]) => [kind, status]),
    );

  it("a closed one denies its confirm hook, whatever stands", () => {
    for (const hook of ["confirm-traffic-increase", "confirm-promotion"] as const) {
      const own = gate(null, false, null);
      for (const kind of kinds)
        expect(decide(hook, standing(kind), { own, promotion: null })).toEqual({ status: 403, gate: own });
    }
  });

  it("one opened for every revision changes nothing: it is a word of no release in particular", () => {
    const open = gate("confirm-promotion", true, null);
    for (const hook of hooks) expect(changed(hook, { own: open, promotion: open })).toEqual({});
  });

  it("one opened for the revision lets its hook through, but for a fail", () => {
    const own = gate("confirm-traffic-increase", true, "r1");
    expect(changed("confirm-traffic-increase", { own, promotion: null })).toEqual({
      ...{ none: 200, held: 200, rollback: 200 },
    });
    expect(changed("confirm-promotion", { own, promotion: null })).toEqual({
      ...{ none: 200, running: 200, held: 200, rollback: 200 },
    });
  });

  it("a promotion by hand is held up by no hook, and rolled back by a fail only", () => {
    const words = { own: null, promotion: gate("confirm-promotion", true, "r1") };
    expect(changed("rollout", words)).toEqual({ rollback: 200 });
    expect(changed("pre-rollout", words)).toEqual({ rollback: 200 });
    expect(changed("rollback", words)).toEqual({ rollback: 403 });
    expect(changed("confirm-traffic-increase", words)).toEqual({ none: 200, held: 200, rollback: 200 });
  });

  it("is asked for wherever it can change the answer", () => {
    const promotion = gate("confirm-promotion", true, "r1");
    for (const hook of hooks) {
      for (const kind of Object.keys(changed(hook, { own: null, promotion })))
        expect([hook, kind, wantsPromotion(hook, { kind: kind as Standing["kind"] } as Standing)]).toEqual([
          ...[hook, kind, true],
        ]);
    }
  });
});

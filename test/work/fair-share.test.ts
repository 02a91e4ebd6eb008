import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "../../src/work/fair-share.ts";

const none = new Map<string, number>();
const held = (slots: Readonly<Record<string, number>>) => new Map(Object.entries(slots));
const namespace = fc.constantFrom("a", "b", "c", "d", "e");

describe("the turn", () => {
  it("is nobody's while nobody waits", () => {
    expect(new Turns().next(held({ a: 5 }), [])).toBeNull();
  });

  it("is theirs who wait alone, whatever they hold", () => {
    expect(new Turns().next(held({ a: 5, b: 0 }), ["a"])).toBe("a");
  });

  it.each([
    [{ a: 5, b: 1, c: 2 }, ["a", "c"], "c"],
    [{ a: 5, b: 1 }, ["a", "b", "c"], "c"],
    [{ a: 2, b: 1 }, ["b", "a"], "b"],
  ])("with %o held and %o waiting is %s's, who holds the fewest", (slots, waiting, next) => {
    expect(new Turns().next(held(slots), waiting)).toBe(next);
  });

  it("goes round between those who hold as many", () => {
    const turns = new Turns();
    const order = Array.from({ length: 6 }, () => turns.next(none, ["a", "b", "c"]));
    expect(order).toEqual(["a", "b", "c", "a", "b", "c"]);
  });

  it("comes first to one that had nothing to do for a while", () => {
    const turns = new Turns();
    for (let turn = 0; turn < 3; turn++) turns.next(none, ["a", "b"]);
    turns.next(none, ["b"]);
    turns.next(none, ["a", "b", "c"]);
    expect(turns.next(none, ["a", "b", "c"])).toBe("c");
  });

  it("is always somebody's who waits", () => {
    const slots = fc
      .array(fc.tuple(namespace, fc.integer({ min: 1, max: 9 })))
      .map((pairs) => new Map(pairs));
    const waiting = fc.array(fc.uniqueArray(namespace, { minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(slots, waiting, (holding, moments) => {
        const turns = new Turns();
        for (const moment of moments) expect(moment).toContain(turns.next(holding, moment));
      }),
      { seed: 6 },
    );
  });

  it("comes to equal shares, to one slot, between namespaces that never run out of looks", () => {
    const flooding = fc.uniqueArray(namespace, { minLength: 2 });
    const ends = fc.array(fc.nat(), { minLength: 200, maxLength: 200 });
    fc.assert(
      fc.property(flooding, fc.integer({ min: 5, max: 12 }), ends, (all, slots, chances) => {
        const turns = new Turns();
        // One was alone, and holds every slot.
        const running: string[] = Array(slots).fill(all[0]);
        for (const chance of chances) {
          running.splice(chance % running.length, 1);
          running.push(turns.next(countOf(running), all) ?? "");
        }
        const shares = all.map((one) => countOf(running).get(one) ?? 0);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
      { seed: 6 },
    );
  });
});

function countOf(running: readonly string[]): ReadonlyMap<string, number> {
  const groups = Map.groupBy(running, (one) => one);
  return new Map(groups.entries().map(([one, its]) => [one, its.length]));
}

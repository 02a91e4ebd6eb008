import fc from "fast-check";
import { expect, it } from "vitest";
import { sameJson } from "../../src/analysis/same-json.ts";

it("does not mind the order of keys, at any depth", () => {
  expect(sameJson({ a: 1, b: [{ c: 2, d: null }] }, { b: [{ d: null, c: 2 }], a: 1 })).toBe(true);
});

it("tells values, types, places in a list and absent keys apart", () => {
  expect(sameJson({ a: 1 }, { a: "1" })).toBe(false);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson({ a: null }, {})).toBe(false);
  expect(sameJson([], {})).toBe(false);
});

it("takes what went through a store for the same, and agrees with deep equality", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [storedA, storedB] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
      expect(sameJson(a, storedA)).toBe(true);
      let areEqual = true;
      try {
        expect(storedA).toStrictEqual(storedB);
      } catch {
        areEqual = false;
      }
      expect(sameJson(a, b)).toBe(areEqual);
    }),
  );
});

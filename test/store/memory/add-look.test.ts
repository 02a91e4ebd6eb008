import { expect, it } from "vitest";
import { addLook, type LookPath } from "../../../src/store/memory/add-look.ts";
import { lookOf } from "../sample-changes.ts";

/** The path of so many looks of which so many are kept, after each. */
function pathsOf(count: number, most: number): readonly (readonly number[])[] {
  let path: LookPath = { looks: [], taken: 0 };
  return Array.from({ length: count }, (_, score) => {
    path = addLook(path, lookOf(score), most);
    return path.looks.map((look) => look.score);
  });
}

it("keeps every look while there is room", () => {
  expect(pathsOf(3, 3)).toEqual([[0], [0, 1], [0, 1, 2]]);
});

it("keeps evenly spaced looks and the newest when it is full", () => {
  expect(pathsOf(11, 4).slice(3)).toEqual([
    [0, 1, 2, 3],
    [0, 2, 4],
    [0, 2, 4, 5],
    [0, 2, 4, 6],
    [0, 4, 7],
    [0, 4, 8],
    [0, 4, 8, 9],
    [0, 4, 8, 10],
  ]);
});

it.each([3, 8, 49, 50])("spans a long analysis evenly with at most %i", (most) => {
  for (const [newest, path] of pathsOf(1_000, most).entries()) {
    expect(path.length).toBeLessThanOrEqual(most);
    expect(path[0]).toBe(0);
    expect(path.at(-1)).toBe(newest);
    const gaps = path.slice(1, -1).map((position, index) => position - (path[index] ?? 0));
    expect(new Set(gaps).size).toBeLessThanOrEqual(1);
  }
});

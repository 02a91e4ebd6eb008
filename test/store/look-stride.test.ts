import { expect, it } from "vitest";
import { lookStride } from "../../src/store/look-stride.ts";

/** How many stay at that stride, counted one by one. */
function counted(position: number, stride: number): number {
  const all = Array.from({ length: position + 1 }, (_, index) => index);
  return all.filter((index) => index % stride === 0 || index === position).length;
}

it("is the least power of two that keeps within the bound, and never falls", () => {
  for (const most of [2, 3, 7, 8, 50, 51]) {
    let before = 1;
    for (let position = 0; position < 500; position++) {
      const stride = lookStride(position, most);
      expect(Number.isInteger(Math.log2(stride))).toBe(true);
      expect(stride).toBeGreaterThanOrEqual(before);
      expect(counted(position, stride)).toBeLessThanOrEqual(most);
      if (stride > 1) expect(counted(position, stride / 2)).toBeGreaterThan(most);
      before = stride;
    }
  }
});

it("keeps every look of eight hours of the default, and every 128th of thirty days", () => {
  expect(lookStride(1_999, 2_000)).toBe(1);
  expect(lookStride(2_000, 2_000)).toBe(2);
  expect(lookStride(30 * 24 * 240, 2_000)).toBe(128);
});

it("keeps the first and the newest where less is asked for", () => {
  for (const most of [-1, 0, 1, 2]) expect(counted(100, lookStride(100, most))).toBe(2);
});

import { expect, it } from "vitest";
import type { LookRecord } from "../../../src/analysis/analysis-record.ts";
import { addLook } from "../../../src/analysis/live/add-look.ts";

const look = (score: number): LookRecord => ({ at: "2026-01-01T00:00:00.000Z", score, evidence: [] });

it("keeps every look while there is room", () => {
  expect(addLook([look(1), look(2)], look(3), 3).map(({ score }) => score)).toEqual([1, 2, 3]);
});

it("drops every second look when it is full, never the newest", () => {
  const scores = addLook([1, 2, 3, 4].map(look), look(5), 4).map(({ score }) => score);
  expect(scores).toEqual([1, 3, 5]);
});

it("stays within its bound, in order, over the whole analysis", () => {
  let looks: readonly LookRecord[] = [];
  for (let i = 0; i < 1_000; i++) {
    looks = addLook(looks, look(i), 50);
    expect(looks.length).toBeLessThanOrEqual(50);
    expect(looks.at(-1)?.score).toBe(i);
  }
  const scores = looks.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  expect(scores[0]).toBeLessThan(100);
});

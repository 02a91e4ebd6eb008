import { describe, expect, it } from "vitest";
import type { ExposedSample } from "../../../src/sources/scrape/exposition.ts";
import { SeriesMemory } from "../../../src/sources/scrape/series-memory.ts";

const all = () => true;

function sample(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
  line = 1,
): ExposedSample {
  return { line, name, labels: new Map(Object.entries(labels)), value, time: null };
}

function add(memory: SeriesMemory, time: number, samples: readonly ExposedSample[], room = 100): void {
  memory.addScrape(samples, () => time, room);
}

describe("SeriesMemory", () => {
  it("gathers the samples of a series whatever the order of its labels", () => {
    const memory = new SeriesMemory({ pod: "a" }, 10);
    add(memory, 1, [sample("hits", { x: "1", y: "2" }, 5)]);
    add(memory, 2, [sample("hits", { y: "2", x: "1" }, 6)]);
    const labels = { __name__: "hits", pod: "a", x: "1", y: "2" };
    expect(memory.read("hits", all, 0, 9)).toEqual([{ labels, times: [1, 2], values: [5, 6] }]);
    expect(memory.seriesCount).toBe(1);
  });

  it("tells series apart whose labels read alike when joined", () => {
    const memory = new SeriesMemory({}, 10);
    add(memory, 1, [
      sample("hits", { a: 'b","c' }, 1),
      sample("hits", { a: "b", c: "" }, 2),
      sample("hits", { a: "b" }, 3),
    ]);
    expect(memory.seriesCount).toBe(3);
  });

  it("takes nothing of a scrape in which a series comes twice", () => {
    const memory = new SeriesMemory({}, 10);
    const twice = [
      sample("other", {}, 1),
      sample("hits", { a: "b" }, 1, 2),
      sample("hits", { a: "b" }, 1, 3),
    ];
    expect(() => add(memory, 1, twice)).toThrowError(
      expect.objectContaining({
        code: "source-unavailable",
        message: "line 3: the series of line 2 again, hits",
      }),
    );
    expect(memory.seriesCount).toBe(0);
    expect(memory.read("other", all, 0, 9)).toEqual([]);
  });

  it("takes nothing of a scrape that there is no room for, and known series whatever the room", () => {
    const memory = new SeriesMemory({}, 10);
    add(memory, 1, [sample("a", {}, 1), sample("b", {}, 1)], 2);
    expect(() => add(memory, 2, [sample("a", {}, 2), sample("c", {}, 2)], 0)).toThrowError(
      expect.objectContaining({ code: "too-large" }),
    );
    expect(memory.read("a", all, 1, 9)).toEqual([]);
    add(memory, 3, [sample("a", {}, 3)], 0);
    expect(memory.read("a", all, 1, 9)[0]?.values).toEqual([3]);
  });

  it("leaves out a sample that is not later than the last", () => {
    const memory = new SeriesMemory({}, 10);
    add(memory, 5, [sample("a", {}, 1)]);
    add(memory, 5, [sample("a", {}, 2)]);
    add(memory, 4, [sample("a", {}, 3)]);
    expect(memory.read("a", all, 0, 9)[0]?.values).toEqual([1]);
  });

  it("forgets series without a recent sample, and makes room by it", () => {
    const memory = new SeriesMemory({}, 10);
    add(memory, 1, [sample("gone", {}, 1), sample("here", {}, 1)]);
    add(memory, 2, [sample("here", {}, 2)]);
    memory.forgetUntil(1);
    expect(memory.seriesCount).toBe(1);
    expect(memory.read("gone", all, 0, 9)).toEqual([]);
    expect(memory.read("here", all, 0, 9)[0]?.values).toEqual([1, 2]);
  });

  it("asks the test with the labels as stored", () => {
    const memory = new SeriesMemory({ pod: "a" }, 10);
    add(memory, 1, [sample("hits", { pod: "liar" }, 1)]);
    expect(memory.read("hits", ({ pod }) => pod === "a", 0, 9)).toHaveLength(1);
    expect(memory.read("hits", ({ pod }) => pod === "liar", 0, 9)).toEqual([]);
  });
});

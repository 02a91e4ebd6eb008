import { expect, it } from "vitest";
import { at, look, read, remembering, series } from "./one-look.ts";

const memory = remembering(series({}, [-10, 100]));

/** Counts of each read at (0 s, 60 s], and then at (60 s, 120 s] with the same or later answers. */
function twoLooks(
  reads: readonly (readonly ReturnType<typeof series>[])[],
  later: readonly (readonly ReturnType<typeof series>[])[] = reads,
) {
  const first = look({ reads: reads.map((each) => read(each)), memory });
  const next = look({
    reads: later.map((each) => read(each)),
    memory: first.memory,
    window: { from: at(60), to: at(120) },
  });
  return [first, next].map(({ counts }) => counts.map(({ settled }) => settled.total));
}

it("is left to the next look, so that no read loses its part", () => {
  const early = [series({ code: "200" }, [-10, 100], [35, 105])];
  const whole = [series({ code: "200" }, [-10, 100], [35, 105], [50, 109])];
  const errors = [series({ code: "500" }, [-10, 1], [35, 2], [50, 4])];
  expect(twoLooks([early, errors], [whole, errors])).toEqual([
    [5, 1],
    [4, 2],
  ]);
});

it("is sampled though it is left to the next look", () => {
  const reads = [
    read([series({ code: "200" }, [-10, 100], [50, 105])]),
    read([series({ code: "500" }, [-10, 1])]),
  ];
  expect(look({ reads, memory }).counts.map(({ sampled }) => sampled)).toEqual([true, false]);
});

it("is counted at once when it is old enough to have arrived whole", () => {
  const ended = [series({ code: "500" }, [-10, 1], [15, 2])];
  const going = [series({ code: "200" }, [-10, 100], [15, 105], [30, 109])];
  expect(twoLooks([going, ended])).toEqual([
    [9, 1],
    [0, 0],
  ]);
});

it("is counted at once when a read has not shown the scrape before it either", () => {
  const ended = [series({ code: "500" }, [-10, 1])];
  const going = [series({ code: "200" }, [-10, 100], [35, 105], [50, 109])];
  expect(twoLooks([going, ended])).toEqual([
    [9, 0],
    [0, 0],
  ]);
});

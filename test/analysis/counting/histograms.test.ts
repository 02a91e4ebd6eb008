import { describe, expect, it } from "vitest";
import { at, lookAt, nativeSeries, remembering, series } from "./one-look.ts";

const memory = remembering(series({}, [-10, 1]));
const family = { kind: "histogram", boundaries: [5, 10] } as const;

/** Buckets of one label set: for each `le` the values at -10 s and 5 s. */
function buckets(values: Readonly<Record<string, readonly [number, number]>>, labels = {}) {
  return Object.entries(values).map(([le, [before, now]]) =>
    series({ le, ...labels }, [-10, before], [5, now]),
  );
}

describe("a classic histogram", () => {
  it("counts above each boundary what is in all but not in its bucket", () => {
    const seen = lookAt(buckets({ 1: [5, 5], 5: [10, 13], 10: [12, 19], "+Inf": [20, 30] }), {
      memory,
      family,
    });
    expect(seen).toMatchObject({ settled: [10, 7, 3], valid: true, codes: [] });
  });

  it("never counts more above a wider boundary, whatever rounding did to the buckets", () => {
    const seen = lookAt(buckets({ 5: [10, 13.000_000_1], 10: [12, 15], "+Inf": [20, 30] }), {
      memory,
      family,
    });
    const [, above5 = 0, above10 = 0] = seen.settled;
    expect(above10).toBeLessThanOrEqual(above5);
    expect(above5).toBeCloseTo(7);
  });

  it("reads le as a number, however it is written", () => {
    const seen = lookAt(buckets({ "5.0": [10, 13], "1e+01": [12, 19], Inf: [20, 30] }), { memory, family });
    expect(seen.settled).toEqual([10, 7, 3]);
  });

  it("adds up label sets and pods, whatever the order of labels", () => {
    const one = { 5: [0, 1], 10: [0, 2], "+Inf": [0, 3] } as const;
    const turned = buckets(one, { path: "/b" }).map((each) => ({
      ...each,
      labels: Object.fromEntries(Object.entries(each.labels).reverse()),
    }));
    const seen = lookAt(
      [
        ...buckets(one),
        ...buckets(one, { path: "/a" }),
        ...turned.slice(0, 1),
        ...buckets(one, { path: "/b" }).slice(1),
      ],
      { memory, family },
    );
    expect(seen.settled).toEqual([9, 6, 3]);
  });

  it("tells bad events by the first boundary in its pods", () => {
    const seen = lookAt(buckets({ 5: [0, 3], 10: [0, 9], "+Inf": [0, 9] }), { memory, family });
    expect(seen.pods).toMatchObject([{ total: 9, bad: 6 }]);
    expect(seen.podsWithBad).toHaveLength(1);
  });

  it("names the same bucket in a warning, in whatever order the source lists them", () => {
    const broken = buckets({ 5: [0, Number.NaN], 10: [0, Number.NaN], "+Inf": [0, Number.NaN] });
    const told = lookAt(broken, { memory, family }).warnings;
    expect(told).toHaveLength(1);
    expect(lookAt(broken.toReversed(), { memory, family }).warnings).toEqual(told);
  });

  it.each([
    ["a bucket that grew more than a wider one", { 5: [0, 4], 10: [0, 3], "+Inf": [0, 9] }, "bucket"],
    ["a bucket that grew more than all", { 5: [0, 4], 10: [0, 10], "+Inf": [0, 9] }, "bucket"],
    ["no bucket for a boundary", { 5: [0, 4], "+Inf": [0, 9] }, "boundary 10"],
    ["no count of all", { 5: [0, 4], 10: [0, 5] }, "+Inf"],
    ["le that is no number", { 5: [0, 4], 10: [0, 5], ten: [0, 5], "+Inf": [0, 9] }, "ten"],
    ["a value that is no count", { 5: [0, 4], 10: [0, Number.NaN], "+Inf": [0, 9] }, "10"],
  ] as const)("drops the look for %s", (_, values, named) => {
    const seen = lookAt(buckets({ ...values }), { memory, family });
    expect(seen).toMatchObject({ valid: false, settled: [0, 0, 0], codes: ["bad-data"] });
    expect(seen.warnings[0]?.text).toContain("pod a");
    expect(seen.warnings[0]?.text).toContain(named);
  });

  it("drops the look when a boundary's bucket ends before the count of all does", () => {
    const seen = lookAt(
      [
        series({ le: "5" }, [-10, 0], [5, 3], [20, 6]),
        series({ le: "10" }, [-10, 0], [5, 4]),
        series({ le: "+Inf" }, [-10, 0], [5, 5], [20, 9]),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ valid: false, codes: ["bad-data"] });
  });

  it("drops the look when a boundary's bucket begins after the count of all does", () => {
    const seen = lookAt(
      [
        series({ le: "5" }, [-10, 80], [5, 83], [20, 1]),
        series({ le: "10" }, [20, 2]),
        series({ le: "+Inf" }, [-10, 100], [5, 105], [20, 3]),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ valid: false, codes: ["bad-data"] });
  });

  it("drops the look when a boundary's bucket has other samples than the count of all", () => {
    const seen = lookAt(
      [
        series({ le: "5" }, [-10, 0], [20, 3]),
        series({ le: "10" }, [-10, 0], [5, 3]),
        series({ le: "+Inf" }, [-10, 0], [20, 9]),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ valid: false, codes: ["bad-data"] });
  });

  it.each([
    ["climbing", [5, 99] as const],
    ["restarting", [5, 40] as const],
  ])("drops the look when the count of all has no past and its buckets, %s, have", (_, now) => {
    const seen = lookAt(
      [
        series({ le: "5" }, [-10, 90], now),
        series({ le: "10" }, [-10, 95], now),
        series({ le: "+Inf" }, [5, 100]),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ valid: false, codes: ["bad-data"] });
  });

  it("tells label sets of the same names apart", () => {
    const seen = lookAt(
      [
        ...buckets({ 5: [0, 1], 10: [0, 2], "+Inf": [0, 3] }, { path: "/a" }),
        ...buckets({ 5: [0, 4], 10: [0, 6], "+Inf": [0, 9] }, { path: "/b" }),
      ],
      { memory, family },
    );
    expect(seen.settled).toEqual([12, 7, 4]);
  });

  it("keeps warm-up apart, and drops the look for what cannot be true of it", () => {
    const born = (wide: number) => [
      series({ pod: "b", le: "5" }, [5, 1], [20, 3]),
      series({ pod: "b", le: "10" }, [5, wide], [20, 4]),
      series({ pod: "b", le: "+Inf" }, [5, 2], [20, 8]),
    ];
    const given = { memory, family, warmupMs: 30_000 };
    expect(lookAt(born(2), given)).toMatchObject({ warming: [8, 5, 4], settled: [0, 0, 0], valid: true });
    expect(lookAt(born(2), { ...given, warmupMs: 10_000 }).warming).toEqual([8, 5, 4]);
    expect(
      lookAt([...born(2).slice(0, 2), series({ pod: "b", le: "+Inf" }, [5, 2], [20, 3])], given).valid,
    ).toBe(false);
  });

  it("is not troubled by the buckets of a configuration that has gone", () => {
    const seen = lookAt(
      [
        ...buckets({ 5: [0, 1], 10: [0, 2], "+Inf": [0, 3] }),
        series({ le: "+Inf", path: "/gone" }, [-100, 50]),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ valid: true, settled: [3, 2, 1] });
  });

  it("counts a restart of its buckets from 0", () => {
    const seen = lookAt(buckets({ 5: [10, 3], 10: [12, 4], "+Inf": [20, 11] }), { memory, family });
    expect(seen.settled).toEqual([11, 8, 7]);
  });
});

describe("a native histogram", () => {
  it("counts buckets that begin at or above a boundary", () => {
    const seen = lookAt(
      [
        nativeSeries(
          {},
          [-10, 10, [0.5, 1, 5], [5, 8, 4], [10, 16, 1]],
          [5, 20, [0.5, 1, 7], [4, 5.000000001, 1], [4.999999999, 8, 9], [10, 16, 3]],
        ),
      ],
      { memory, family },
    );
    expect(seen).toMatchObject({ settled: [10, 7, 2], valid: true, codes: [] });
  });

  it("counts a series born with its first event", () => {
    const known = nativeSeries({ path: "/a" }, [-10, 1, [1, 2, 1]], [5, 1, [1, 2, 1]]);
    const seen = lookAt([known, nativeSeries({ path: "/b" }, [5, 3, [8, 10, 2], [10, 12, 1]])], {
      memory,
      family,
    });
    expect(seen.settled).toEqual([3, 3, 1]);
  });

  it.each([
    ["a boundary inside a bucket that holds events", [20, [4, 8, 3]], "boundary 5"],
    ["a count that is no number", [Number.NaN, [5, 8, 3]], "is not a number"],
    ["more events above a boundary than in all", [2, [5, 8, 3]], "above 5"],
  ] as const)("drops the look for %s", (_, [count, bucket], named) => {
    const seen = lookAt([nativeSeries({}, [-10, 0], [5, count, bucket])], { memory, family });
    expect(seen).toMatchObject({ valid: false, settled: [0, 0, 0], codes: ["bad-data"] });
    expect(seen.warnings[0]?.text).toContain(named);
  });

  it("takes a boundary inside a bucket without events as it is", () => {
    const seen = lookAt([nativeSeries({}, [-10, 0], [5, 3, [4, 8, 0], [8, 10, 3]])], { memory, family });
    expect(seen.settled).toEqual([3, 3, 0]);
  });

  it("keeps warm-up apart", () => {
    const seen = lookAt(
      [
        nativeSeries(
          { pod: "b" },
          [5, 3, [5, 8, 3]],
          [20, 7, [5, 8, 6], [8, 10, 1]],
          [50, 9, [5, 8, 6], [8, 10, 3]],
        ),
      ],
      { memory, family, warmupMs: 15_000 },
    );
    expect(seen.warming).toEqual([7, 7, 0]);
    expect(seen.settled).toEqual([2, 2, 0]);
  });

  it("drops the look for more events above a boundary than in all during warm-up", () => {
    const born = nativeSeries({ pod: "b" }, [5, 2, [5, 8, 3]]);
    expect(lookAt([born], { memory, family, warmupMs: 30_000 }).valid).toBe(false);
  });

  it("is counted where the process has ended its classic form", () => {
    const seen = lookAt(
      [series({ le: "+Inf" }, [-10, 3]), nativeSeries({}, [-10, 0], [5, 3, [5, 8, 2], [8, 10, 1]])],
      { memory, family },
    );
    expect(seen.settled).toEqual([3, 3, 0]);
  });

  it("is counted once where the process tells it in both forms", () => {
    const seen = lookAt(
      [...buckets({ 5: [0, 1], 10: [0, 2], "+Inf": [0, 3] }), nativeSeries({}, [-10, 0], [5, 3, [5, 8, 2]])],
      { memory, family },
    );
    expect(seen.settled).toEqual([3, 2, 1]);
  });

  it("is sampled by its samples", () => {
    const given = { memory, family, window: { from: at(0), to: at(60) } };
    expect(lookAt([nativeSeries({}, [5, 1, [5, 8, 1]])], given).sampled).toBe(true);
    expect(lookAt([nativeSeries({}, [-10, 1, [5, 8, 1]])], given).sampled).toBe(false);
  });
});

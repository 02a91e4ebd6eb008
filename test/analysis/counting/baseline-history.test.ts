import { expect, it } from "vitest";
import { baselineHistory } from "../../../src/analysis/counting/baseline-history.ts";
import type { Series, SourceAnswer } from "../../../src/analysis/ports.ts";
import { nativeSeries, series } from "./one-look.ts";

const hour = 3_600;

function answer(...allSeries: readonly Series[]): SourceAnswer {
  return { series: allSeries, warnings: [] };
}

function classic(pod: string, second: number, values: Readonly<Record<string, number>>) {
  return Object.entries(values).map(([le, value]) => series({ pod, le }, [second - 15, 0], [second, value]));
}

it("is what each boundary's tail held since an hour before", () => {
  const now = answer(...classic("a", 0, { 1: 50, 5: 90, "+Inf": 100 }));
  const before = answer(...classic("a", -hour, { 1: 20, 5: 30, "+Inf": 30 }));
  expect(baselineHistory(now, before)).toEqual({
    form: "classic",
    bounds: [1, 5],
    baseline: { total: 70, bad: [40, 10] },
  });
});

it("takes all that a pod has counted if it was not there before, or restarted since", () => {
  const now = answer(
    ...classic("new", 0, { 1: 5, "+Inf": 10 }),
    ...classic("restarted", 0, { 1: 1, "+Inf": 3 }),
    ...classic("old", 0, { 1: 7, "+Inf": 8 }),
  );
  const before = answer(
    ...classic("restarted", -hour, { 1: 0, "+Inf": 4 }),
    ...classic("old", -hour, { 1: 7, "+Inf": 8 }),
    ...classic("gone", -hour, { 2: 1, "+Inf": 1 }),
  );
  expect(baselineHistory(now, before)?.baseline).toEqual({ total: 13, bad: [7] });
});

it("counts at the boundaries that all pods have", () => {
  const now = answer(
    ...classic("a", 0, { 1: 5, 2: 6, "+Inf": 10 }),
    ...classic("b", 0, { 2: 3, 3: 4, "+Inf": 4 }),
  );
  expect(baselineHistory(now, answer())).toMatchObject({ bounds: [2], baseline: { total: 14, bad: [5] } });
});

it("leaves out a histogram that cannot be true", () => {
  const now = answer(
    ...classic("a", 0, { 1: 5, 2: 6, "+Inf": 10 }),
    ...classic("b", 0, { 1: 9, 2: 6, "+Inf": 10 }),
    ...classic("c", 0, { 1: 1, 2: Number.NaN, "+Inf": 10 }),
    ...classic("d", 0, { 1: 1, 2: 2 }),
  );
  expect(baselineHistory(now, answer())?.baseline).toEqual({ total: 10, bad: [5, 4] });
});

it("is null without a histogram", () => {
  expect(baselineHistory(answer(), answer(...classic("a", -hour, { 1: 0, "+Inf": 4 })))).toBeNull();
});

it("counts native histograms between two times", () => {
  const now = answer(
    nativeSeries({}, [0, 100, [1, 2, 60], [2, 4, 40]]),
    nativeSeries({ pod: "b" }, [0, 5, [1, 2, 5]]),
  );
  const before = answer(nativeSeries({}, [-hour, 10, [1, 2, 5], [2, 4, 5]]));
  const history = baselineHistory(now, before);
  expect(history).toMatchObject({ form: "native", baseline: { total: 95 } });
  expect(history?.bounds.slice(0, 3)).toEqual([1, 2, 4]);
  expect(history?.baseline.bad.slice(0, 3)).toEqual([95, 35, 0]);
});

it("takes all of a native histogram whose earlier buckets were wider", () => {
  const now = answer(nativeSeries({}, [0, 100, [1, 2, 60], [2, 4, 40]]));
  const before = answer(nativeSeries({}, [-hour, 10, [1, 4, 10]]));
  expect(baselineHistory(now, before)?.baseline.total).toBe(100);
});

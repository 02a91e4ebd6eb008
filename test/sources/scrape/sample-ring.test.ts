import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampleRing } from "../../../src/sources/scrape/sample-ring.ts";

describe("SampleRing", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 80 });

  it("holds the last samples it has room for, as a list that forgets its head does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        gaps,
        fc.nat(200),
        fc.nat(200),
        (capacity, steps, from, to) => {
          const ring = new SampleRing(capacity);
          let list: { time: number; value: number }[] = [];
          let time = 0;
          for (const step of steps) {
            time += step;
            ring.push(time, time * 10);
            list = [...list, { time, value: time * 10 }].slice(-capacity);
          }
          const wanted = list.filter((sample) => sample.time > from && sample.time <= to);
          expect(ring.between(from, to)).toEqual({
            times: wanted.map((sample) => sample.time),
            values: wanted.map(({ value }) => value),
          });
          expect(ring.lastTime).toBe(list.at(-1)?.time ?? null);
        },
      ),
    );
  });

  it("keeps NaN", () => {
    const ring = new SampleRing(2);
    ring.push(1, Number.NaN);
    expect(ring.between(0, 1).values).toEqual([Number.NaN]);
  });

  it("refuses a sample that is not later than the last", () => {
    const ring = new SampleRing(2);
    ring.push(5, 1);
    expect(() => ring.push(5, 2)).toThrow(RangeError);
    expect(() => new SampleRing(0)).toThrow(RangeError);
  });
});

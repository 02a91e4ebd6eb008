import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeReplicas } from "../../../src/sources/prometheus/merge-replicas.ts";

const series = (labels: Readonly<Record<string, string>>, ...samples: (readonly [number, number])[]) => ({
  labels,
  times: samples.map(([time]) => time),
  values: samples.map(([, value]) => value),
});

describe("mergeReplicas", () => {
  it("makes one series of those equal but for the replica's label", () => {
    const merged = mergeReplicas(
      [
        series({ pod: "a", replica: "0" }, [1, 1], [3, 3]),
        series({ pod: "b", replica: "0" }, [1, 7]),
        series({ pod: "a", replica: "1" }, [2, 2], [3, 4]),
      ],
      ["replica"],
    );
    expect(merged).toEqual([series({ pod: "a" }, [1, 1], [2, 2], [3, 4]), series({ pod: "b" }, [1, 7])]);
  });

  it("counts a repeated series once, in whatever order its labels stand", () => {
    const merged = mergeReplicas(
      [series({ a: "1", b: "2" }, [1, 1]), series({ b: "2", a: "1" }, [1, 1])],
      [],
    );
    expect(merged).toEqual([series({ a: "1", b: "2" }, [1, 1])]);
  });

  it("keeps apart labels that only look alike when put in a row", () => {
    const labels = [
      { a: "1", b: "2" },
      { a: "1b2" },
      { a: '1","b":"2' },
      { a1: "b2" },
      { a: "1", b: "", 2: "" },
    ];
    const apart = labels.map((one) => series(one, [1, 1]));
    expect(mergeReplicas(apart, [])).toEqual(apart);
  });

  it("keeps a number over NaN at the same time", () => {
    const parts = [series({ r: "0" }, [1, Number.NaN], [2, 5]), series({ r: "1" }, [1, 4], [2, Number.NaN])];
    expect(mergeReplicas(parts, ["r"])).toEqual([series({}, [1, 4], [2, 5])]);
    expect(mergeReplicas(parts.toReversed(), ["r"])).toEqual([series({}, [1, 4], [2, 5])]);
  });

  it("merges the histograms of replicas", () => {
    const part = (replica: string, time: number, count: number) => ({
      ...series({ replica }),
      histograms: [{ time, histogram: { count, sum: 0, buckets: [] } }],
    });
    const [merged] = mergeReplicas([part("0", 2, 5), part("1", 1, 4), part("2", 2, 6)], ["replica"]);
    expect(merged?.histograms?.map(({ time, histogram }) => [time, histogram.count])).toEqual([
      [1, 4],
      [2, 6],
    ]);
  });

  it("gives the samples of one counter back however replicas share them", () => {
    const owners = fc.array(fc.constantFrom("0", "1", "01"), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(owners, (sharing) => {
        const held = (replica: string) =>
          sharing.flatMap((owner, index) => (owner.includes(replica) ? [[index, index * 2] as const] : []));
        const parts = ["0", "1"].map((replica) => series({ pod: "a", replica }, ...held(replica)));
        const whole = sharing.map((_, index) => [index, index * 2] as const);
        expect(mergeReplicas(parts, ["replica"])).toEqual([series({ pod: "a" }, ...whole)]);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { at, look, lookAt, nativeSeries, read, remembering, series } from "./one-look.ts";

const memory = remembering(series({}, [-10, 100]));

describe("a restart", () => {
  it("counts the new value from 0 when a counter drops to half or less", () => {
    expect(lookAt([series({}, [-10, 100], [5, 50])], { memory }).settled).toEqual([50, 0]);
    expect(lookAt([series({}, [-10, 100], [5, 0], [20, 3])], { memory }).settled).toEqual([3, 0]);
  });

  it("begins every counter of the process anew, one that passed its old value too", () => {
    const seen = lookAt(
      [series({ code: "200" }, [-10, 100], [5, 30]), series({ code: "500" }, [-10, 4], [5, 9])],
      { memory },
    );
    expect(seen.settled).toEqual([39, 9]);
  });

  it("is seen in another read", () => {
    const reads = [
      read([series({ code: "200" }, [-10, 100], [5, 30])]),
      read([series({ code: "500" }, [-10, 4], [5, 9])]),
    ];
    expect(look({ reads, memory }).counts[1]?.settled).toEqual({ total: 9, bad: [9] });
  });

  it("counts a smaller drop as a restart when another counter shows one", () => {
    const seen = lookAt(
      [series({ code: "200" }, [-10, 100], [5, 20]), series({ code: "500" }, [-10, 10], [5, 8])],
      { memory },
    );
    expect(seen.settled).toEqual([28, 8]);
    expect(seen.codes).toEqual([]);
  });

  it("begins a counter anew that is missing at first, in a later look too", () => {
    const total = series({ code: "200" }, [-10, 100], [5, 20], [50, 30], [65, 31]);
    const errors = series({ code: "500" }, [-10, 4], [65, 9]);
    const first = lookAt([total, errors], { memory });
    expect(first.settled).toEqual([30, 0]);
    const next = lookAt([total, errors], { memory: first.memory, window: { from: at(60), to: at(120) } });
    expect(next.settled).toEqual([10, 9]);
  });

  it("is counted as often as it happens", () => {
    expect(lookAt([series({}, [-10, 100], [5, 10], [20, 4], [35, 6], [50, 2])], { memory }).settled).toEqual([
      18, 0,
    ]);
  });

  it("of one process leaves the pod's others as they are", () => {
    const proxy = series({ instance: "1.2.3.4:15020" }, [-10, 10_000], [5, 10_010]);
    const app = series({ instance: "1.2.3.4:8080", code: "500" }, [-12, 50], [3, 2]);
    const seen = lookAt([proxy, app], { memory: remembering(proxy, app) });
    expect(seen.settled).toEqual([12, 2]);
  });

  it("of a small counter does not turn the past of a large one, that plainly went on, into events", () => {
    const large = series(
      { code: "200" },
      [-70, 9970],
      [-55, 9980],
      [-40, 9990],
      [-25, 9995],
      [-10, 10_000],
      [5, 10_010],
    );
    const seen = lookAt([large, series({ code: "500" }, [-10, 2], [5, 1])], { memory });
    expect(seen.settled).toEqual([11, 1]);
  });
});

describe("warm-up across a restart", () => {
  const warmupMs = 30_000;

  it("goes by the sample before each increment", () => {
    const seen = lookAt([series({ pod: "b" }, [5, 40], [20, 50], [35, 4], [50, 11])], { memory, warmupMs });
    expect(seen.warming).toEqual([54, 0]);
    expect(seen.settled).toEqual([7, 0]);
  });

  it("goes by a birth's own sample", () => {
    const seen = lookAt(
      [series({ pod: "b", code: "200" }, [5, 40], [35, 4]), series({ pod: "b", code: "500" }, [35, 3])],
      { memory, warmupMs },
    );
    expect(seen.warming).toEqual([44, 0]);
    expect(seen.settled).toEqual([3, 3]);
  });
});

describe("a small drop", () => {
  it("counts nothing until the highest value is passed, and says so", () => {
    const seen = lookAt([series({}, [-10, 100], [5, 90], [20, 95], [35, 103])], { memory });
    expect(seen.settled).toEqual([3, 0]);
    expect(seen.codes).toEqual(["non-monotonic"]);
    expect(seen.warnings[0]?.text).toContain("pod a: requests_total");
  });

  it("keeps the highest value into the next look, without another warning", () => {
    const dipped = series({}, [-10, 100], [50, 90], [65, 101]);
    const first = lookAt([dipped], { memory });
    expect(first.settled).toEqual([0, 0]);
    const next = lookAt([dipped], { memory: first.memory, window: { from: at(60), to: at(120) } });
    expect(next.settled).toEqual([1, 0]);
    expect(next.codes).toEqual([]);
  });
});

describe("a native histogram", () => {
  const family = { kind: "histogram", boundaries: [1] } as const;

  it("restarted when its count dropped at all", () => {
    const dropped = nativeSeries({}, [-10, 100, [0.5, 1, 90], [1, 2, 10]], [5, 80, [0.5, 1, 65], [1, 2, 15]]);
    expect(lookAt([dropped], { memory, family }).settled).toEqual([80, 15]);
  });

  it("restarted when fewer events lie above a boundary", () => {
    const dropped = nativeSeries(
      {},
      [-10, 100, [0.5, 1, 50], [1, 2, 50]],
      [5, 120, [0.5, 1, 80], [1, 2, 40]],
    );
    expect(lookAt([dropped], { memory, family }).settled).toEqual([120, 40]);
  });

  it("went on when only its resolution was reduced", () => {
    const merged = nativeSeries({}, [-10, 100, [1, 1.5, 60], [1.5, 2, 40]], [5, 120, [1, 2, 119], [2, 4, 1]]);
    expect(lookAt([merged], { memory, family }).settled).toEqual([20, 20]);
  });
});

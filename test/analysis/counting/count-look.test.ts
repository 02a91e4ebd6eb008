import { describe, expect, it } from "vitest";
import { shortHash } from "../../../src/analysis/counting/pod-hash.ts";
import { emptyPodMemory } from "../../../src/analysis/counting/pod-memory.ts";
import { at, look, lookAt, read, remembering, requests, series } from "./one-look.ts";

describe("counting what a known pod did", () => {
  const memory = remembering(series({}, [-10, 100]));

  it("counts from the last consumed sample to the newest one in the look", () => {
    const seen = lookAt([series({ code: "200" }, [-40, 90], [-10, 100], [5, 103], [50, 110], [65, 999])], {
      memory,
    });
    expect(seen.settled).toEqual([10, 0]);
  });

  it("counts as bad the series whose label matches a whole pattern", () => {
    const seen = lookAt(
      [
        series({ code: "200" }, [-10, 0], [5, 7]),
        series({ code: "503" }, [-10, 0], [5, 2]),
        series({ code: "5030" }, [-10, 0], [5, 4]),
        series({}, [-10, 0], [5, 8]),
      ],
      { memory },
    );
    expect(seen.settled).toEqual([21, 2]);
  });

  it("counts a series as bad once though two patterns match it", () => {
    const family = {
      kind: "requests",
      bad: [
        { label: "code", pattern: "5.." },
        { label: "grpc", pattern: "1|2" },
      ],
    } as const;
    const seen = lookAt([series({ code: "500", grpc: "2" }, [-10, 1], [5, 4])], { memory, family });
    expect(seen.settled).toEqual([3, 3]);
  });

  it("lets a dot match every character, as Prometheus does", () => {
    const family = { kind: "requests", bad: [{ label: "code", pattern: "a.b" }] } as const;
    expect(lookAt([series({ code: "a\nb" }, [-10, 0], [5, 2])], { memory, family }).settled).toEqual([2, 2]);
  });

  it("refuses a pattern that is no regular expression", () => {
    const family = { kind: "requests", bad: [{ label: "code", pattern: "(" }] } as const;
    expect(() => lookAt([series({}, [5, 1])], { memory, family })).toThrow(
      expect.objectContaining({ code: "invalid-spec" }),
    );
  });

  it("finds nothing bad where no pattern is given", () => {
    const seen = lookAt([series({ code: "500" }, [-10, 1], [5, 4])], {
      memory,
      family: { kind: "requests", bad: [] },
    });
    expect(seen.settled).toEqual([3, 0]);
  });

  it("loses nothing when samples arrive after the look they belong to", () => {
    const late = lookAt([series({}, [-10, 100], [-5, 104], [5, 105])], { memory });
    expect(late.settled).toEqual([5, 0]);
    expect(late.sampled).toBe(true);
  });

  it("is sampled by a late sample alone, and not by one that was consumed", () => {
    expect(lookAt([series({}, [-10, 100], [-5, 104])], { memory }).sampled).toBe(true);
    expect(lookAt([series({}, [-20, 99], [-10, 100])], { memory }).sampled).toBe(false);
  });

  it("is sampled by a consumed sample where looks overlap, but does not count it again", () => {
    const seen = lookAt([series({}, [-20, 90], [-10, 100])], {
      memory,
      window: { from: at(-30), to: at(60) },
    });
    expect(seen).toMatchObject({ sampled: true, settled: [0, 0] });
  });

  it("counts nothing twice in the next look", () => {
    const first = lookAt([series({}, [-10, 100], [50, 110])], { memory });
    const next = lookAt([series({}, [-10, 100], [50, 110], [65, 111])], {
      memory: first.memory,
      window: { from: at(60), to: at(120) },
    });
    expect(next.settled).toEqual([1, 0]);
  });

  it("adds nothing for a series that stopped", () => {
    const seen = lookAt([series({ code: "200" }, [-10, 100], [5, 101]), series({ code: "500" }, [-10, 3])], {
      memory,
    });
    expect(seen.settled).toEqual([1, 0]);
  });
});

describe("births", () => {
  const memory = remembering(series({}, [-10, 100]));

  it("counts a label set born on a living process from 0", () => {
    const seen = lookAt([series({ code: "200" }, [-10, 100], [5, 110]), series({ code: "500" }, [5, 3])], {
      memory,
    });
    expect(seen.settled).toEqual([13, 3]);
  });

  it("finds the living process in another read", () => {
    const reads = [
      read([series({ code: "200" }, [-10, 100], [5, 110])]),
      read([series({ code: "500" }, [5, 3], [20, 4])]),
    ];
    expect(look({ reads, memory }).counts[1]?.settled).toEqual({ total: 4, bad: [4] });
  });

  it("counts a new pod from 0 and remembers when it was first seen", () => {
    const seen = lookAt([series({ pod: "b", code: "500" }, [5, 3], [20, 4])], { memory });
    expect(seen.settled).toEqual([4, 4]);
    expect(seen.memory.pods[shortHash("b")]).toEqual({ first: at(5), last: at(20) });
  });

  it("counts a new pod whose first samples arrived late from 0", () => {
    expect(lookAt([series({ pod: "b" }, [-12, 3], [5, 4])], { memory }).settled).toEqual([4, 0]);
  });

  it("does not take the past of an old pod, missed so far, for fresh events", () => {
    const seen = lookAt([series({ pod: "b" }, [-290, 5000], [-10, 5100], [5, 5107])], { memory });
    expect(seen.settled).toEqual([7, 0]);
    expect(seen.codes).toEqual(["joined-mid-life"]);
  });

  it("counts nothing of a known pod over a gap longer than the reach, and says so", () => {
    const seen = lookAt([series({ code: "200" }, [5, 900], [20, 903]), series({ code: "500" }, [20, 2])], {
      memory: { ...memory, pods: { [shortHash("a")]: { first: at(-900), last: at(-600) } } },
    });
    expect(seen.settled).toEqual([5, 2]);
    expect(seen.codes).toEqual(["gap"]);
    expect(seen.warnings[0]?.text).toContain("pod a");
  });

  it("does not count the past of an unknown pod once the memory is full, and says so", () => {
    const full = { ...memory, full: true };
    const born = lookAt([series({ pod: "b" }, [5, 900], [20, 903])], { memory: full });
    expect(born.settled).toEqual([3, 0]);
    expect(born.codes).toEqual(["many-pods"]);
    const next = lookAt([series({ pod: "b" }, [5, 900], [20, 903], [70, 905])], {
      memory: born.memory,
      window: { from: at(60), to: at(120) },
    });
    expect(next.settled).toEqual([2, 0]);
  });
});

describe("the first look", () => {
  const window = { from: at(-60), to: at(0) };

  it("counts nothing, and remembers each pod's oldest and newest sample", () => {
    const seen = lookAt([series({}, [-200, 10], [-50, 12], [5, 20]), series({ code: "500" }, [-20, 3])], {
      warm: false,
      window,
    });
    expect(seen.settled).toEqual([0, 0]);
    expect(seen.warming).toEqual([0, 0]);
    expect(seen.sampled).toBe(true);
    expect(seen.memory).toEqual({
      pods: { [shortHash("a")]: { first: at(-200), last: at(-20) } },
      cohortSince: { canary: at(-200), baseline: null },
      full: false,
    });
  });

  it("is not sampled by what came before it", () => {
    expect(lookAt([series({}, [-200, 10])], { warm: false, window }).sampled).toBe(false);
    expect(lookAt([], { warm: false, window }).memory).toEqual(emptyPodMemory);
  });
});

describe("warm-up", () => {
  const warmupMs = 30_000;

  it("keeps a new pod's events apart until it is old enough", () => {
    const seen = lookAt([series({}, [5, 3], [20, 5], [35, 9], [50, 17])], { warmupMs });
    expect(seen.warming).toEqual([9, 0]);
    expect(seen.settled).toEqual([8, 0]);
  });

  it("takes a label set born on an old pod as settled", () => {
    const memory = remembering(series({}, [-200, 1], [-10, 1]));
    const seen = lookAt([series({}, [-10, 1], [5, 1]), series({ code: "500" }, [5, 4])], {
      memory,
      warmupMs,
    });
    expect(seen.settled).toEqual([4, 4]);
  });

  it("does not begin again when a known pod restarts", () => {
    const memory = remembering(series({}, [-200, 90], [-10, 100]));
    const seen = lookAt([series({}, [-10, 100], [5, 4], [20, 6])], { memory, warmupMs });
    expect(seen.settled).toEqual([6, 0]);
  });

  it("does not begin again when a known pod restarts under another instance", () => {
    const old = series({ instance: "x" }, [-200, 90], [-10, 100]);
    const seen = lookAt([old, series({ instance: "y" }, [5, 4], [20, 6])], {
      memory: remembering(old),
      warmupMs,
    });
    expect(seen.settled).toEqual([6, 0]);
  });

  it("runs by the cohort's age where the scraped pod is the client", () => {
    const memory = {
      ...remembering(series({}, [-200, 90], [-10, 100])),
      cohortSince: { canary: at(0), baseline: null },
    };
    const seen = lookAt([series({}, [-10, 100], [5, 101], [35, 103], [50, 107])], {
      memory,
      warmupMs,
      scrapedPod: "client",
    });
    expect(seen.warming).toEqual([3, 0]);
    expect(seen.settled).toEqual([4, 0]);
    expect(seen.memory.cohortSince.canary).toBe(at(0));
  });

  it("begins with the cohort's first sample where the scraped pod is an old client", () => {
    const memory = remembering(series({}, [-200, 90], [-10, 100]));
    const reads = [
      read([series({ version: "2" }, [5, 2], [20, 3], [35, 5], [50, 9])]),
      { ...read([series({ version: "1" }, [-200, 90], [-10, 100], [50, 120])]), cohort: "baseline" as const },
    ];
    const seen = look({
      reads,
      memory: { ...memory, cohortSince: { canary: null, baseline: at(-200) } },
      warmupMs,
      scrapedPod: "client",
    });
    expect(seen.counts.map(({ warming, settled }) => [warming.total, settled.total])).toEqual([
      [5, 4],
      [0, 20],
    ]);
    expect(seen.memory.cohortSince).toEqual({ canary: at(5), baseline: at(-200) });
  });

  it("settles everything at 0, late samples before the cohort's first too", () => {
    const memory = {
      ...remembering(series({}, [-10, 100])),
      cohortSince: { canary: at(50), baseline: null },
    };
    expect(lookAt([series({}, [-10, 100], [5, 101])], { memory, scrapedPod: "client" }).settled).toEqual([
      1, 0,
    ]);
  });
});

describe("what cannot be a count", () => {
  const memory = remembering(series({}, [-10, 100]));

  it("is requests that moved without the label that tells bad from good", () => {
    const { code, ...unlabelled } = series({}, [-10, 1], [5, 8]).labels;
    const moved = { ...series({}, [-10, 1], [5, 8]), labels: unlabelled };
    const idle = { ...series({}, [-10, 1], [5, 1]), labels: unlabelled };
    expect(code).toBe("200");
    expect(lookAt([moved], { memory })).toMatchObject({ valid: false, codes: ["bad-data"] });
    expect(lookAt([idle], { memory })).toMatchObject({ valid: true, settled: [0, 0] });
    expect(lookAt([moved], { memory, family: { kind: "requests", bad: [] } })).toMatchObject({
      valid: true,
      settled: [7, 0],
    });
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("drops the look of a metric with %d", (value) => {
    const reads = [
      read([series({ code: "200" }, [-10, 100], [5, value]), series({ pod: "b" }, [5, 1])]),
      read([series({ code: "500" }, [-10, 1], [5, 2])]),
    ];
    const { counts, warnings } = look({ reads, memory });
    expect(counts[0]).toMatchObject({
      valid: false,
      sampled: true,
      pods: [],
      settled: { total: 0, bad: [0] },
    });
    expect(counts[1]).toMatchObject({ valid: true, settled: { total: 1, bad: [1] } });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: "bad-data", text: expect.stringContaining("pod a") });
  });

  it("counts from the sample before one that was dropped", () => {
    const dropped = lookAt([series({}, [-10, 100], [50, Number.NaN])], { memory });
    const next = lookAt([series({}, [-10, 100], [50, Number.NaN], [65, 107])], {
      memory: dropped.memory,
      window: { from: at(60), to: at(120) },
    });
    expect(next).toMatchObject({ valid: true, settled: [7, 0] });
  });
});

describe("pods", () => {
  it("tells what each did, and which had bad events, summed over a pod's processes", () => {
    const memory = remembering(series({}, [-10, 1]));
    const seen = lookAt(
      [
        series({ code: "200" }, [-10, 1], [5, 5]),
        series({ pod: "b", instance: "x", code: "500" }, [5, 2]),
        series({ pod: "b", instance: "y", code: "200" }, [5, 3]),
        series({ pod: "c", code: "500" }, [5, 0]),
      ],
      { memory },
    );
    const byHash = [
      { pod: shortHash("a"), total: 4, bad: 0 },
      { pod: shortHash("b"), total: 5, bad: 2 },
    ].sort((x, y) => (x.pod < y.pod ? -1 : 1));
    expect(seen.pods).toEqual(byHash);
    expect(seen.podsWithBad).toEqual([shortHash("b")]);
  });

  it("takes the first pod label that is there", () => {
    const seen = lookAt([series({ instance: "i" }, [5, 2])], {
      podLabels: ["kubernetes_pod_name", "pod", "instance"],
    });
    expect(seen.pods).toEqual([{ pod: shortHash("a"), total: 2, bad: 0 }]);
  });

  it("goes on to the next label where one is empty, and to the instance where none is there", () => {
    const { pods } = lookAt(
      [series({ pod: "", node: "n", instance: "i" }, [5, 2]), series({ pod: "", instance: "j" }, [5, 3])],
      { podLabels: ["pod", "node"] },
    );
    expect(new Set(pods)).toEqual(
      new Set([
        { pod: shortHash("n"), total: 2, bad: 0 },
        { pod: shortHash("j"), total: 3, bad: 0 },
      ]),
    );
  });

  it("names the same example in whatever order the series come", () => {
    const broken = ["c", "a", "b"].map((pod) => series({ pod }, [5, -1]));
    expect(lookAt(broken).warnings).toEqual([
      { code: "bad-data", text: "pod a: requests_total is not a count (and 2 more)" },
    ]);
  });

  it("warns once of a fault that many pods share, naming one", () => {
    const memory = {
      ...emptyPodMemory,
      pods: Object.fromEntries(
        ["a", "b", "c"].map((pod) => [shortHash(pod), { first: at(-900), last: at(-800) }]),
      ),
    };
    const seen = lookAt(
      ["c", "a", "b"].map((pod) => series({ pod }, [5, 2])),
      { memory },
    );
    expect(seen.warnings).toHaveLength(1);
    expect(seen.warnings[0]?.text).toMatch(/^pod a .*\(and 2 more\)$/);
  });
});

it("gives no counts for no reads", () => {
  expect(look({ reads: [] }).counts).toEqual([]);
});

it("is not sampled, and valid, without series", () => {
  expect(lookAt([], { family: requests })).toMatchObject({ sampled: false, valid: true, settled: [0, 0] });
});

import { expect, it } from "vitest";
import { shortHash } from "../../../src/analysis/counting/pod-hash.ts";
import { podLimit } from "../../../src/analysis/counting/pod-memory.ts";
import { at, lookAt, remembering, series } from "./one-look.ts";

function fleet(size: number, ...samples: readonly (readonly [number, number])[]) {
  return Array.from({ length: size }, (_, i) => series({ pod: `pod-${i}` }, ...samples));
}

it("hashes as FNV-1a does", () => {
  // Figures of the draft's test vectors: "", "a", "foobar".
  expect(["", "a", "foobar"].map(shortHash)).toEqual(
    [0x811c9dc5, 0xe40c292c, 0xbf9cf968].map((hash) => hash.toString(36)),
  );
});

it("remembers as many pods as there is room for, the oldest first, and says when it is full", () => {
  const seen = lookAt([series({ pod: "newest" }, [-20, 1]), ...fleet(podLimit, [-200, 1])], {
    warm: false,
    window: { from: at(-60), to: at(0) },
  });
  expect(Object.keys(seen.memory.pods)).toHaveLength(podLimit);
  expect(seen.memory.pods[shortHash("newest")]).toBeUndefined();
  expect(seen.memory.full).toBe(true);
});

it("is not full with exactly as many pods as there is room for", () => {
  expect(remembering(...fleet(podLimit, [-20, 1])).full).toBe(false);
});

it("fits a few kilobytes when full", () => {
  const all = fleet(podLimit, [-20, 1]).map((each) => ({
    ...each,
    labels: { ...each.labels, job: "kubernetes-pods", instance: "10.1.2.3:15020" },
  }));
  expect(JSON.stringify(remembering(...all)).length).toBeLessThan(7_000);
});

it("keeps a pod that is not read for a while", () => {
  const memory = remembering(series({}, [-20, 1]));
  expect(lookAt([series({ pod: "b" }, [5, 1])], { memory }).memory.pods).toMatchObject(memory.pods);
});

it("gives the place of a pod's former process to its next one when there is no other", () => {
  const crashed = series({ pod: "pod-0", instance: "x" }, [-200, 1], [-20, 1]);
  const memory = remembering(crashed, ...fleet(podLimit, [-20, 1]).slice(1));
  const seen = lookAt([series({ pod: "pod-0", instance: "y" }, [5, 3])], { memory });
  expect(seen.memory.full).toBe(false);
  expect(Object.keys(seen.memory.pods)).toHaveLength(podLimit);
  expect(Object.values(seen.memory.pods)).toContainEqual({ first: at(-200), last: at(5) });
});

it("keeps the processes of a pod that are read beside the new one", () => {
  const app = series({ pod: "pod-0", instance: "x" }, [-20, 1]);
  const memory = remembering(app, ...fleet(podLimit, [-20, 1]).slice(1));
  const seen = lookAt([app, series({ pod: "pod-0", instance: "y" }, [5, 3])], { memory });
  expect(seen.memory).toEqual({ ...memory, full: true });
});

it("stays full", () => {
  const memory = { ...remembering(series({}, [-20, 1])), full: true };
  expect(lookAt([series({}, [-20, 1], [5, 2])], { memory }).memory.full).toBe(true);
});

it("keeps a pod's first sample out of reach, and its last where only older ones are read", () => {
  const memory = remembering(series({}, [-200, 1], [-10, 1]));
  const [key = ""] = Object.keys(memory.pods);
  expect(lookAt([series({}, [-100, 1], [5, 1])], { memory }).memory.pods[key]).toEqual({
    first: at(-200),
    last: at(5),
  });
  expect(lookAt([series({}, [-100, 1])], { memory }).memory).toEqual(memory);
});

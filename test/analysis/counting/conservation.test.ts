// Over all looks of an analysis, every event that a scrape saw is counted once.
import fc from "fast-check";
import { expect, it } from "vitest";
import { countLook } from "../../../src/analysis/counting/count-look.ts";
import type { CounterRead } from "../../../src/analysis/counting/counter-read.ts";
import { emptyPodMemory } from "../../../src/analysis/counting/pod-memory.ts";
import type { Series } from "../../../src/analysis/ports.ts";
import { minute, type Pod, readsAt, trueCounts, world, worldOf } from "./scraped-world.ts";

/** What the source told between two times, to a look that reads up to the second. */
type Reads = (from: number, to: number) => readonly CounterRead[];

/** Looks from 0 until all scrapes have long been told, and adds up by read: [total, bad]. */
function countAll(pods: readonly Pod[], lookEvery: number, warmupMs: number, reads: Reads) {
  const sums = [0, 1].map(() => ({ settled: [0, 0], warming: [0, 0] }));
  let memory = emptyPodMemory;
  const end = Math.max(...pods.map(({ scrapes }) => scrapes.at(-1)?.visibleFrom ?? 0)) + 2 * minute;
  for (let to = 0; to <= end; to += lookEvery) {
    const window = { from: Math.max(0, to - lookEvery), to };
    const look = countLook({
      reads: reads(window.from - 5 * minute, to),
      window,
      memory,
      warm: to > 0,
      warmupMs,
      scrapedPod: "server",
      podLabels: ["pod"],
    });
    memory = look.memory;
    for (const [i, counts] of look.counts.entries()) {
      expect(counts.valid).toBe(true);
      for (const part of ["settled", "warming"] as const) {
        const sum = sums[i]?.[part];
        if (sum === undefined) throw new TypeError("a look has two reads");
        sum[0] = (sum[0] ?? 0) + counts[part].total;
        sum[1] = (sum[1] ?? 0) + (counts[part].bad[0] ?? 0);
      }
    }
  }
  return sums;
}

/** Both cohorts, as the source tells them. */
function countWorld(pods: readonly Pod[], lookEvery: number, warmupMs = 0) {
  return countAll(pods, lookEvery, warmupMs, (from, to) => readsAt(pods, from, to));
}

const lookEvery = fc.constantFrom(15_000, minute);
const warmupMs = fc.constantFrom(0, minute, 3 * minute);
const timeout = 60_000;

it("counts what the scrapes saw, no more and no less", { timeout }, () => {
  fc.assert(
    fc.property(world, lookEvery, warmupMs, (pods, every, warmup) => {
      const inAll = countWorld(pods, every, warmup).map(({ settled, warming }) =>
        settled.map((count, i) => count + (warming[i] ?? 0)),
      );
      expect(inAll).toEqual([trueCounts(pods, "canary"), trueCounts(pods, "baseline")]);
    }),
    { numRuns: 200 },
  );
});

it("counts the same however often it looks", { timeout }, () => {
  fc.assert(
    fc.property(world, (pods) => {
      expect(countWorld(pods, 15_000)).toEqual(countWorld(pods, minute));
    }),
  );
});

it("loses nothing when a scrape arrives between two reads of a look", { timeout }, () => {
  fc.assert(
    fc.property(worldOf(1), lookEvery, fc.integer({ min: 0, max: 20_000 }), (pods, every, lag) => {
      const behind = pods.map((pod) => lagging(pod, lag));
      const sums = countAll(behind, every, 0, (from, to) => [
        ...readsAt(behind, from, to).slice(0, 1),
        ...readsAt(behind, from, to, to + 5_000)
          .slice(0, 1)
          .map(onlyErrors),
      ]);
      const [total = 0, bad = 0] = trueCounts(behind, "canary");
      expect(sums.map(({ settled }) => settled)).toEqual([
        [total, bad],
        [bad, bad],
      ]);
    }),
  );
});

it("does not depend on the order of series", { timeout }, () => {
  fc.assert(
    fc.property(world, warmupMs, (pods, warmup) => {
      const turned = countAll(pods, minute, warmup, (from, to) => readsAt(pods, from, to).map(turn));
      expect(turned).toEqual(countWorld(pods, minute, warmup));
    }),
  );
});

it("does not depend on how the events are spread over label sets", { timeout }, () => {
  fc.assert(
    fc.property(world, warmupMs, (pods, warmup) => {
      const split = countAll(pods, minute, warmup, (from, to) => readsAt(pods, from, to).map(splitByPath));
      expect(split).toEqual(countWorld(pods, minute, warmup));
    }),
  );
});

/**
 * Every scrape but the first is told that much after it was made. A first one
 * that one read sees and another does not cannot be told from a process that
 * has no series for the other.
 */
function lagging(pod: Pod, lag: number): Pod {
  const scrapes = pod.scrapes.map((scrape, i) => ({
    ...scrape,
    visibleFrom: scrape.time + (i === 0 ? 0 : lag),
  }));
  return { ...pod, scrapes };
}

function withSeries(read: CounterRead, series: readonly Series[]): CounterRead {
  return { ...read, answer: { ...read.answer, series } };
}

function turn(read: CounterRead): CounterRead {
  return withSeries(read, read.answer.series.toReversed());
}

function onlyErrors(read: CounterRead): CounterRead {
  return withSeries(
    read,
    read.answer.series.filter(({ labels }) => labels["code"] === "500"),
  );
}

/** Every series as two, of a third and of the rest of its events. */
function splitByPath(read: CounterRead): CounterRead {
  const series = read.answer.series.flatMap((each) => {
    const third = each.values.map((value) => Math.floor(value / 3));
    const rest = each.values.map((value, i) => value - (third[i] ?? 0));
    return [
      { ...each, labels: { ...each.labels, path: "/a" }, values: third },
      { ...each, labels: { ...each.labels, path: "/b" }, values: rest },
    ];
  });
  return withSeries(read, series);
}

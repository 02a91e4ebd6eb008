// Over all looks of an analysis, every event that a scrape saw is counted once.
import fc from "fast-check";
import { expect, it } from "vitest";
import { countLook } from "../../../src/analysis/counting/count-look.ts";
import { emptyPodMemory } from "../../../src/analysis/counting/pod-memory.ts";
import type { CounterRead } from "../../../src/analysis/observation.ts";
import { minute, type Pod, readsAt, trueCounts, world, worldEnd } from "./scraped-world.ts";

interface Options {
  readonly lookEvery: number;
  readonly warmupMs?: number;
  readonly change?: (reads: readonly CounterRead[]) => readonly CounterRead[];
}

/** Looks from 0 until long after the last scrape, and adds up by cohort. */
function countWorld(pods: readonly Pod[], { lookEvery, warmupMs = 0, change = (reads) => reads }: Options) {
  const sums = [0, 1].map(() => ({ settled: [0, 0], warming: [0, 0] }));
  let memory = emptyPodMemory;
  const last = Math.max(...pods.map(({ scrapes }) => scrapes.at(-1)?.visibleFrom ?? 0));
  expect(last).toBeLessThan(worldEnd * 10);
  for (let to = 0; to <= last + 2 * minute; to += lookEvery) {
    const from = to === 0 ? to : to - lookEvery;
    const reads = change(readsAt(pods, from - 5 * minute, to));
    const look = countLook({
      reads,
      window: { from, to },
      memory,
      warm: to > 0,
      warmupMs,
      scrapedPod: "server",
      podLabels: ["pod"],
    });
    memory = look.memory;
    for (const [i, { settled, warming, valid }] of look.counts.entries()) {
      expect(valid).toBe(true);
      for (const [name, tally] of Object.entries({ settled, warming })) {
        const sum = sums[i]?.[name as "settled" | "warming"] ?? [];
        sum[0] = (sum[0] ?? 0) + tally.total;
        sum[1] = (sum[1] ?? 0) + (tally.bad[0] ?? 0);
      }
    }
  }
  return sums;
}

function inAll(sums: ReturnType<typeof countWorld>) {
  return sums.map(({ settled, warming }) => settled.map((count, i) => count + (warming[i] ?? 0)));
}

it("counts what the scrapes saw, no more and no less", () => {
  fc.assert(
    fc.property(
      world,
      fc.constantFrom(15_000, minute),
      fc.constantFrom(0, minute, 3 * minute),
      (pods, lookEvery, warmupMs) => {
        const truth = (["canary", "baseline"] as const).map((cohort) => trueCounts(pods, cohort));
        expect(inAll(countWorld(pods, { lookEvery, warmupMs }))).toEqual(
          truth.map(({ total, bad }) => [total, bad]),
        );
      },
    ),
    { numRuns: 300 },
  );
});

it("counts the same however often it looks", () => {
  fc.assert(
    fc.property(world, (pods) => {
      const [often, seldom] = [15_000, minute].map((lookEvery) => countWorld(pods, { lookEvery }));
      expect(often).toEqual(seldom);
    }),
  );
});

it("loses nothing when a scrape arrives between two reads of a look", () => {
  fc.assert(
    fc.property(worldOf(0, 20_000), fc.constantFrom(15_000, minute), (pods, lookEvery) => {
      const [canary] = countWorld(pods, {
        lookEvery,
        readsOf: (from, to) => [
          ...readsAt(pods, from, to).slice(0, 1),
          ...readsAt(pods, from, to, to + 5_000).slice(0, 1).map(onlyErrors),
        ],
      });
      // The second read's sums stand where the baseline's do otherwise.
      const [, errors] = countWorld(pods, {
        lookEvery,
        readsOf: (from, to) => [
          ...readsAt(pods, from, to).slice(0, 1),
          ...readsAt(pods, from, to, to + 5_000).slice(0, 1).map(onlyErrors),
        ],
      });
      const truth = trueCounts(pods, "canary");
      expect(canary?.settled).toEqual([truth.total, truth.bad]);
      expect(errors?.settled).toEqual([truth.bad, truth.bad]);
    }),
  );
});

it("does not depend on the order of series", () => {
  fc.assert(
    fc.property(world, fc.constantFrom(0, 3 * minute), (pods, warmupMs) => {
      const turned = countWorld(pods, {
        lookEvery: minute,
        warmupMs,
        change: (reads) =>
          reads.map((read) => ({
            ...read,
            answer: { ...read.answer, series: read.answer.series.toReversed() },
          })),
      });
      expect(turned).toEqual(countWorld(pods, { lookEvery: minute, warmupMs }));
    }),
  );
});

it("does not depend on how the events are spread over label sets", () => {
  fc.assert(
    fc.property(world, fc.constantFrom(0, 3 * minute), (pods, warmupMs) => {
      const split = countWorld(pods, {
        lookEvery: minute,
        warmupMs,
        change: (reads) => reads.map(splitByPath),
      });
      expect(split).toEqual(countWorld(pods, { lookEvery: minute, warmupMs }));
    }),
  );
});

/** Every series as two, of a third and of the rest of its events. */
function splitByPath(read: CounterRead): CounterRead {
  const series = read.answer.series.flatMap((each) => {
    const third = each.values.map((value) => Math.floor(value / 3));
    return [
      { ...each, labels: { ...each.labels, path: "/a" }, values: third },
      {
        ...each,
        labels: { ...each.labels, path: "/b" },
        values: each.values.map((value, i) => value - (third[i] ?? 0)),
      },
    ];
  });
  return { ...read, answer: { ...read.answer, series } };
}

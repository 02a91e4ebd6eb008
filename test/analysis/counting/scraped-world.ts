// A small world of pods whose true counts are known, and what a source would tell of them.
import fc from "fast-check";
import type { CounterRead } from "../../../src/analysis/counting/counter-read.ts";
import type { Cohort } from "../../../src/analysis/observation.ts";
import type { Series } from "../../../src/analysis/ports.ts";
import { requests } from "./one-look.ts";

/** One scrape of a pod, after what happened since the one before it. */
export interface Scrape {
  readonly time: number;
  /** The source tells it from then on. */
  readonly visibleFrom: number;
  /** Whether the process restarted since the scrape before; what it did after that alone is in the counters. */
  readonly restarted: boolean;
  readonly ok: number;
  readonly errors: number;
}

export interface Pod {
  readonly name: string;
  readonly cohort: Cohort;
  readonly scrapes: readonly Scrape[];
}

/** In milliseconds. */
export const minute = 60_000;
const scrapeEvery = 15_000;

/** Longer than any reach, and a pause that every reach spans. */
const pauses = { none: scrapeEvery, short: 75_000, long: 600_000 } as const;

const step = fc.record({
  pause: fc.oneof(
    { weight: 12, arbitrary: fc.constant("none" as const) },
    { weight: 2, arbitrary: fc.constant("short" as const) },
    { weight: 1, arbitrary: fc.constant("long" as const) },
  ),
  restarts: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  lateMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: minute }) },
  ),
  busy: fc.integer({ min: 50, max: 60 }),
  start: fc.integer({ min: 1, max: 20 }),
  errors: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 })),
});

/**
 * Pods that are born, restart, pause, arrive late and die; a restart always
 * shows in the counter of good requests. All births are within the first look's
 * reach, which does not hold its own beginning: one before it that then paused
 * for minutes would look new.
 */
export const world: fc.Arbitrary<readonly Pod[]> = worldOf(-5 * minute + 1);

/** The same, of pods born at the earliest then. */
export function worldOf(earliestBirth: number): fc.Arbitrary<readonly Pod[]> {
  return fc
    .array(
      fc.record({
        cohort: fc.constantFrom("canary" as const, "baseline" as const),
        bornAt: fc.integer({ min: earliestBirth, max: 10 * minute }),
        steps: fc.array(step, { minLength: 1, maxLength: 40 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((pods) =>
      pods.map(({ cohort, bornAt, steps }, i) => ({
        name: `pod-${i}`,
        cohort,
        scrapes: scrapesOf(bornAt, steps),
      })),
    );
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function scrapesOf(bornAt: number, steps: readonly Step[]): readonly Scrape[] {
  let time = bornAt;
  let visibleFrom = bornAt;
  let scrapesOfLife = 0;
  return steps.map((each, i) => {
    if (i > 0) time += pauses[each.pause];
    visibleFrom = Math.max(visibleFrom, time + each.lateMs);
    // Two scrapes make a life long enough for the next one's first value to be less than half of its last.
    const restarted = each.restarts && scrapesOfLife >= 2;
    scrapesOfLife = restarted || i === 0 ? 1 : scrapesOfLife + 1;
    const ok = scrapesOfLife === 1 ? each.start : each.busy;
    return { time, visibleFrom, restarted, ok, errors: each.errors };
  });
}

/**
 * What a source tells of the samples from `from` to `now`: counters of good requests, and of errors once there
 * was one. It is asked at `askedAt`, and tells what is visible then.
 */
export function readsAt(
  world: readonly Pod[],
  from: number,
  now: number,
  askedAt = now,
): readonly CounterRead[] {
  return (["canary", "baseline"] as const).map((cohort) => ({
    cohort,
    family: requests,
    answer: {
      warnings: [],
      series: world
        .filter((pod) => pod.cohort === cohort)
        .flatMap((pod) => seriesOf(pod, from, now, askedAt)),
    },
  }));
}

function seriesOf(pod: Pod, from: number, now: number, askedAt: number): readonly Series[] {
  const all = { "200": [] as [number, number][], "500": [] as [number, number][] };
  let ok = 0;
  let errors = 0;
  for (const scrape of pod.scrapes) {
    ok = scrape.ok + (scrape.restarted ? 0 : ok);
    errors = scrape.errors + (scrape.restarted ? 0 : errors);
    if (scrape.time <= from || scrape.time > now || scrape.visibleFrom > askedAt) continue;
    all["200"].push([scrape.time, ok]);
    if (errors > 0) all["500"].push([scrape.time, errors]);
  }
  return Object.entries(all)
    .filter(([, samples]) => samples.length > 0)
    .map(([code, samples]) => ({
      labels: { __name__: "requests_total", pod: pod.name, code },
      times: samples.map(([time]) => time),
      values: samples.map(([, value]) => value),
    }));
}

/**
 * What counting from a first look at 0 must come to, [total, bad]: the events
 * of every scrape that was not told by then. What a pod did in a long pause is
 * not known.
 */
export function trueCounts(world: readonly Pod[], cohort: Cohort): readonly number[] {
  let total = 0;
  let bad = 0;
  for (const pod of world.filter((each) => each.cohort === cohort)) {
    for (const [i, scrape] of pod.scrapes.entries()) {
      const previous = pod.scrapes[i - 1];
      const isSnapshot = previous !== undefined && scrape.time - previous.time >= pauses.long;
      if (scrape.visibleFrom <= 0 || isSnapshot) continue;
      total += scrape.ok + scrape.errors;
      bad += scrape.errors;
    }
  }
  return [total, bad];
}

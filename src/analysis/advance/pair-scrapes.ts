/**
 * Counts of one cohort wait for the scrape of the other.
 *
 * Prometheus scrapes each pod at a phase of its own, and often more seldom than
 * an analysis looks (15 s): its own default is a minute, its operator's half of
 * that. A look then finds a scrape of the canary and none of the baseline, and the
 * next one the reverse; taken by themselves neither compares anything.
 */

import { leastSilenceMs } from "../least-silence.ts";
import type { CohortCounts, Stratum } from "../observation.ts";
import { sumTallies } from "../sum-tallies.ts";
import { lookSilence } from "./silence.ts";
import type { CountMetricState, Silence, UnpairedCohort, UnpairedScrape } from "./state.ts";

/** The longest usual scrape interval: who has not come by then is late, or gone. */
const longestWaitMs = leastSilenceMs / 2;

/** A look at a count metric, as it can be compared. */
export interface PairedLook {
  /** What waited and need not any more, and what need not wait. */
  readonly strata: readonly Stratum[];
  /** By source; null where nothing waits. */
  readonly unpaired: readonly (UnpairedScrape | null)[];
  /** By source, this look included. */
  readonly silence: readonly Silence[];
}

/** How much time a look stands for, and whether another will come after it. */
export interface LookSpan {
  readonly lookedMs: number;
  readonly isLast: boolean;
}

/**
 * Holds back what only one cohort was scraped for, until the other is too, for a
 * minute at most. Cohorts that were both scraped, or neither, need no waiting; nor
 * do those of which one was never seen, and at the last look nothing waits.
 */
export function pairScrapes(
  known: Pick<CountMetricState, "unpaired" | "silence">,
  strata: readonly Stratum[],
  { lookedMs, isLast }: LookSpan,
): PairedLook {
  const silence = lookSilence(known.silence, strata, lookedMs);
  const looked = strata.map(({ canary: canaryNow, baseline: baselineNow }, i) => {
    const before = known.unpaired[i] ?? null;
    if (baselineNow === null) return { stratum: { canary: canaryNow, baseline: null }, unpaired: null };
    const canary = joined(before?.canary, canaryNow);
    const baseline = joined(before?.baseline, baselineNow);
    const waitedMs = (before?.waitedMs ?? 0) + lookedMs;
    const isAlone = canary.sampled !== baseline.sampled;
    const isSeen = silence[i]?.canary !== null && silence[i]?.baseline !== null;
    if (!isAlone || !isSeen || isLast || waitedMs >= longestWaitMs)
      return { stratum: { canary, baseline }, unpaired: null };
    return {
      stratum: null,
      unpaired: { canary: withoutPods(canary), baseline: withoutPods(baseline), waitedMs },
    };
  });
  return {
    strata: looked.flatMap(({ stratum }) => stratum ?? []),
    unpaired: looked.map(({ unpaired }) => unpaired),
    silence,
  };
}

function joined(before: UnpairedCohort | undefined, counts: CohortCounts): CohortCounts {
  if (before === undefined) return counts;
  return {
    ...counts,
    settled: sumTallies(before.settled, counts.settled),
    warming: sumTallies(before.warming, counts.warming),
    sampled: before.sampled || counts.sampled,
  };
}

function withoutPods({ settled, warming, sampled }: CohortCounts): UnpairedCohort {
  return { settled, warming, sampled };
}

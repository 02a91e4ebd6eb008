/** What an analysis has counted by a look, to hold one run against another. */
import type { Disturbed, TakenLook } from "./disturbed-run.ts";

/** `[total, bad]` of the canary, then of the baseline; one a metric. */
export type Counts = readonly (readonly number[])[];

/** The last second that is counted, whenever the last look is. */
const deadline = 600;

/** The counts by second, of the looks at which the source answered. */
export function countsBySecond({ looks }: Disturbed): ReadonlyMap<number, Counts> {
  const seen = looks.filter(({ isSeen }) => isSeen);
  return new Map(seen.map((look) => [Math.min(look.second, deadline), countsOf(look)]));
}

/**
 * What a run must have counted that is like `whole` but for looks it missed: as
 * much by each look it took, less what `whole` had by its first, which counts nothing.
 */
export function expectedCounts(whole: Disturbed, run: Disturbed): ReadonlyMap<number, Counts> {
  const all = countsBySecond(whole);
  const seconds = [...countsBySecond(run).keys()];
  const first = all.get(seconds[0] ?? -1);
  return new Map(seconds.map((second) => [second, less(all.get(second) ?? [], first ?? [])]));
}

function countsOf({ result }: TakenLook): Counts {
  // A condition counts nothing.
  const counting = result.metrics.filter(({ kind }) => kind !== "condition");
  return counting.map(({ canary, baseline }) => [
    canary?.total ?? 0,
    canary?.bad ?? 0,
    baseline?.total ?? 0,
    baseline?.bad ?? 0,
  ]);
}

function less(counts: Counts, known: Counts): Counts {
  return counts.map((metric, i) => metric.map((count, j) => count - (known[i]?.[j] ?? 0)));
}

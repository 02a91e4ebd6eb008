// Classic histograms: one cumulative counter a bucket, told apart by `le`.
import type { Counter } from "./counter.ts";
import { histogramKey, isSameHistogram, parseLe } from "./le.ts";
import { addTally, emptyTally, type PodTally } from "./pod-tally.ts";

interface Bucket {
  readonly le: number;
  readonly counter: Counter;
}

/** Rounding of counters that are not whole numbers. */
const slack = 1e-6;

/** What one pod's buckets come to; text says what cannot be true or counted. */
export function tallyClassic(
  counters: readonly Counter[],
  boundaries: readonly number[],
  pod: string,
): PodTally | string {
  const tally = emptyTally(boundaries.length);
  for (const buckets of histogramsOf(counters)) {
    const part = tallyHistogram(buckets, boundaries, pod);
    if (typeof part === "string") return part;
    addTally(tally, part);
  }
  return tally;
}

/** Buckets of one label set: its series differ in `le` alone. Those without a fresh sample are left out. */
function histogramsOf(counters: readonly Counter[]): readonly (readonly Bucket[])[] {
  const fresh = counters.filter((counter) => counter.fresh > 0);
  const [first] = fresh;
  if (first === undefined) return [];
  // Most pods have one histogram, which costs less to see than to find by key.
  if (fresh.every(({ series }) => isSameHistogram(series.labels, first.series.labels)))
    return [fresh.map(toBucket)];
  const groups = Map.groupBy(fresh, ({ series }) => histogramKey(series.labels));
  return [...groups.values()].map((group) => group.map(toBucket));
}

function toBucket(counter: Counter): Bucket {
  return { le: parseLe(counter.series), counter };
}

function tallyHistogram(
  buckets: readonly Bucket[],
  boundaries: readonly number[],
  pod: string,
): PodTally | string {
  const all = buckets.find(({ le }) => le === Number.POSITIVE_INFINITY)?.counter;
  if (all === undefined) return `pod ${pod}: a histogram has no bucket le="+Inf"`;
  // Sorted, so that what is told does not depend on the source's order.
  const sorted = buckets.toSorted((a, b) => a.le - b.le);
  for (const { le, counter } of sorted) {
    if (Number.isNaN(le)) return `pod ${pod}: le="${counter.series.labels["le"] ?? ""}" is not a number`;
    if (counter.broken) return `pod ${pod}: bucket le="${counter.series.labels["le"]}" is not a count`;
  }
  const rising = sorted.filter(({ counter }) => goesWith(counter, all));
  if (!isCumulative(rising)) return `pod ${pod}: a bucket grew more than the next wider one`;
  return tallyAbove(rising, all, boundaries, pod);
}

/**
 * Whether a bucket has the same samples in the look as the count of all. One
 * that has not is of another set of buckets, before or after a change of the
 * configuration: what it lacks would look like slow requests.
 */
function goesWith(counter: Counter, all: Counter): boolean {
  return (
    counter.fresh === all.fresh &&
    counter.times[counter.length - 1] === all.times[all.length - 1] &&
    (all.referenced || !counter.referenced)
  );
}

function isCumulative(rising: readonly Bucket[]): boolean {
  for (let i = 1; i < rising.length; i++) {
    const narrow = rising[i - 1]?.counter;
    const wide = rising[i]?.counter;
    if (narrow === undefined || wide === undefined) continue;
    if (narrow.settled > wide.settled + slack || narrow.warming > wide.warming + slack) return false;
  }
  return true;
}

function tallyAbove(
  rising: readonly Bucket[],
  all: Counter,
  boundaries: readonly number[],
  pod: string,
): PodTally | string {
  const tally = emptyTally(boundaries.length);
  tally.settled.total = all.settled;
  tally.warming.total = all.warming;
  for (const [b, boundary] of boundaries.entries()) {
    const counter = rising.find(({ le }) => le === boundary)?.counter;
    if (counter === undefined) return `pod ${pod}: no bucket for boundary ${boundary}`;
    // Rounding must not make more of them slower than the wider boundary.
    tally.settled.bad[b] = Math.max(
      0,
      Math.min(tally.settled.bad[b - 1] ?? all.settled, all.settled - counter.settled),
    );
    tally.warming.bad[b] = Math.max(
      0,
      Math.min(tally.warming.bad[b - 1] ?? all.warming, all.warming - counter.warming),
    );
  }
  return tally;
}

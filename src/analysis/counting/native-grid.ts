// The boundaries at which native histograms of different resolution can all be counted.
import type { NativeHistogram } from "../ports.ts";

type Bucket = NativeHistogram["buckets"][number];

/** Octaves above the highest event seen in which boundaries are still offered: slower than ever is what a canary may be. */
const octavesAbove = 10;
/** The finest resolution there is: 2^8 buckets an octave. */
const finestSchema = 8;
/** The finest resolution offered (steps of 4.4 %), so that boundaries number hundreds, not thousands. */
const finestOffered = 4;

/**
 * Every finite edge at which no bucket seen is cut, in rising order.
 *
 * Exponential buckets (schema s: edges 2^(i/2^s)) give the whole grid of the
 * coarsest schema seen, 4 at the finest, from the lowest event seen to ten
 * octaves above the highest, as buckets without events are not told. Custom
 * buckets give the edges of those that held events.
 */
export function nativeBounds(histograms: readonly NativeHistogram[]): readonly number[] {
  const buckets = distinctBuckets(histograms);
  const positive = buckets.filter(({ lower }) => lower > 0);
  const schema = coarsestSchema(positive);
  const edges = schema === null ? edgesOf(buckets) : gridOver(positive, Math.min(schema, finestOffered));
  return edges.filter((edge) => !buckets.some((bucket) => cuts(edge, bucket)));
}

function distinctBuckets(histograms: readonly NativeHistogram[]): readonly Bucket[] {
  const byEdges = new Map<string, Bucket>();
  for (const { buckets } of histograms) {
    for (const bucket of buckets)
      if (bucket.count > 0) byEdges.set(`${bucket.lower} ${bucket.upper}`, bucket);
  }
  return [...byEdges.values()];
}

/** Null if some edge is on no exponential grid. Coarser schemas have wider buckets, down to -4. */
function coarsestSchema(buckets: readonly Bucket[]): number | null {
  let widest = 0;
  for (const { lower, upper } of buckets) {
    if (!onGrid(lower, finestSchema) || !onGrid(upper, finestSchema)) return null;
    widest = Math.max(widest, Math.log2(upper / lower));
  }
  if (widest === 0) return null;
  const schema = Math.round(-Math.log2(widest));
  return Math.abs(2 ** -schema - widest) < 1e-6 * widest ? schema : null;
}

function onGrid(edge: number, schema: number): boolean {
  const index = Math.log2(edge) * 2 ** schema;
  return Math.abs(index - Math.round(index)) < 1e-6;
}

function gridOver(buckets: readonly Bucket[], schema: number): readonly number[] {
  const perOctave = 2 ** schema;
  const lowest = Math.min(...buckets.map(({ lower }) => Math.log2(lower)));
  const highest = Math.max(...buckets.map(({ upper }) => Math.log2(upper))) + octavesAbove;
  const edges: number[] = [];
  const last = Math.floor(highest * perOctave + 1e-6);
  for (let i = Math.ceil(lowest * perOctave - 1e-6); i <= last; i++) edges.push(2 ** (i / perOctave));
  return edges;
}

function edgesOf(buckets: readonly Bucket[]): readonly number[] {
  const edges = new Set(buckets.flatMap(({ lower, upper }) => [lower, upper]));
  return [...edges].filter((edge) => Number.isFinite(edge)).sort((a, b) => a - b);
}

function cuts(edge: number, { lower, upper }: Bucket): boolean {
  const slack = Math.abs(edge) * 1e-9;
  return lower < edge - slack && edge + slack < upper;
}

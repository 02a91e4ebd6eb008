import { CoalmineError } from "../../base/errors.ts";
import type { Distribution } from "../observation.ts";
import type { LatencyMetric } from "../spec/model.ts";

/**
 * Which of a metric's counts each question is about, by index into
 * `Tally.bad`. Errors and ratios have one count, latency one a boundary.
 */
export interface Layout {
  readonly form: "classic" | "native" | "events";
  /** Rising, in the histogram's own unit; empty for events. */
  readonly boundaries: readonly number[];
  /** How many seconds one of that unit is. */
  readonly unitSeconds: number;
  /** Boundaries whose slow share is compared. */
  readonly compare: readonly number[];
  /** The boundary on either side of the objective; `pass` null where no boundary is as low as it. */
  readonly limit: { readonly fail: number; readonly pass: number | null } | null;
  /** The baseline's boundary and the canary's, that many times later or more (fail), or less (pass). */
  readonly slower: { readonly baseline: number; readonly fail: number; readonly pass: number } | null;
}

/** The layout of a metric that counts events. */
export const eventLayout: Layout = {
  form: "events",
  boundaries: [],
  unitSeconds: 1,
  compare: [0],
  limit: { fail: 0, pass: 0 },
  slower: null,
};

/** Fewest baseline requests from which a quantile's boundary is read. */
export const leastHistory = 100;

/** Baseline tail fractions between which a boundary can tell cohorts apart. */
const leastTail = 0.001;
const mostTail = 0.6;

/**
 * Chooses the boundaries of a latency metric from what is known of the baseline
 * before counting starts, so that the choice cannot follow the canary's data
 * (stats.md §2.1, §10.2, §11.1).
 *
 * For the metric's quantile (or 0.5, 0.95 and 0.99) the boundary whose baseline
 * tail is nearest to 1 − q on the log scale, and the first boundary with a tail
 * under 0.1 %: regressions that only the slowest requests show.
 *
 * @throws CoalmineError invalid-spec if an objective lies beyond the last
 *   boundary: no count could ever show it was missed (§11.13); or if the
 *   baseline's latencies lie all on one side of every boundary, so that it has
 *   no quantile to be so many times slower than.
 */
export function chooseLayout(metric: LatencyMetric, distribution: Distribution, unitSeconds: number): Layout {
  const { bounds, form } = distribution;
  const limit = metric.limit === null ? null : limitBoundaries(metric, bounds, unitSeconds);
  const slower =
    metric.slower === null ? null : slowerBoundaries(metric, metric.slower, distribution, unitSeconds);
  const compare = metric.compare === null ? [] : compareBoundaries(metric.quantile, distribution);

  const boundaries = [
    ...new Set([...compare, limit?.fail, limit?.pass, slower?.baseline, slower?.fail, slower?.pass]),
  ]
    .filter((bound) => bound !== undefined && bound !== null)
    .sort((a, b) => a - b);
  const index = (bound: number) => boundaries.indexOf(bound);
  return {
    form,
    boundaries,
    unitSeconds,
    compare: compare.map(index),
    limit: limit && { fail: index(limit.fail), pass: limit.pass === null ? null : index(limit.pass) },
    slower: slower && {
      baseline: index(slower.baseline),
      fail: index(slower.fail),
      pass: index(slower.pass),
    },
  };
}

function compareBoundaries(quantile: number | null, distribution: Distribution): number[] {
  const tails = tailsOf(distribution);
  const telling = tails.filter(({ tail }) => tail >= leastTail && tail <= mostTail);
  const chosen = (quantile === null ? [0.5, 0.95, 0.99] : [quantile])
    .map((q) => nearest(telling, 1 - q))
    .filter((bound) => bound !== null);
  const far = tails.find(({ tail }) => tail < leastTail);
  return [...new Set(far === undefined ? chosen : [...chosen, far.bound])].sort((a, b) => a - b);
}

/** For each boundary, the fraction of the baseline's requests that were slower. */
function tailsOf({ bounds, baseline }: Distribution) {
  return bounds.map((bound, i) => ({ bound, tail: (baseline.bad[i] ?? 0) / baseline.total }));
}

function nearest(tails: readonly { bound: number; tail: number }[], wanted: number): number | null {
  let best: { bound: number; distance: number } | null = null;
  for (const { bound, tail } of tails) {
    const distance = Math.abs(Math.log(tail / wanted));
    if (best === null || distance < best.distance) best = { bound, distance };
  }
  return best?.bound ?? null;
}

function limitBoundaries(metric: LatencyMetric, bounds: readonly number[], unitSeconds: number) {
  const wanted = (metric.limit?.atMostSeconds ?? 0) / unitSeconds;
  const slack = wanted * 1e-9;
  const fail = bounds.find((bound) => bound >= wanted - slack);
  const pass = bounds.findLast((bound) => bound <= wanted + slack) ?? null;
  if (fail === undefined) {
    throw beyondTheLast(metric, `limit: ${metric.limit?.atMostSeconds}s`, bounds, unitSeconds);
  }
  return { fail, pass };
}

/** The scale shift of §2.1: never a stricter margin than asked on the fail side, never a looser one on the pass side. */
function slowerBoundaries(
  metric: LatencyMetric,
  factor: number,
  distribution: Distribution,
  unitSeconds: number,
) {
  const { bounds } = distribution;
  const from = nearest(
    tailsOf(distribution).filter(({ tail }) => tail > 0 && tail < 1),
    1 - (metric.quantile ?? 0.99),
  );
  if (from === null) throw noQuantile(metric);
  const wanted = from * factor;
  const slack = wanted * 1e-9;
  const fail = bounds.find((bound) => bound >= wanted - slack);
  const pass = bounds.findLast((bound) => bound <= wanted + slack);
  if (fail === undefined || pass === undefined) {
    throw beyondTheLast(metric, `slower: ${factor}x`, bounds, unitSeconds);
  }
  return { baseline: from, fail, pass };
}

function noQuantile(metric: LatencyMetric) {
  const message = `slower: ${metric.slower}x cannot be asked, as no boundary of the histogram lies among the baseline's latencies; use \`compare\` or \`limit\``;
  return new CoalmineError("invalid-spec", `metric ${metric.name}: ${message}`, {
    problems: [{ path: `metrics.${metric.name}.slower`, message }],
  });
}

/** A question about a latency that no boundary reaches can never be answered (§11.13). */
function beyondTheLast(metric: LatencyMetric, what: string, bounds: readonly number[], unitSeconds: number) {
  const seconds = bounds.map((bound) => Number((bound * unitSeconds).toPrecision(6))).join(", ");
  const message = `${what} is beyond the histogram's last boundary, so no count could show it; boundaries (s): ${seconds}`;
  return new CoalmineError("invalid-spec", `metric ${metric.name}: ${message}`, {
    problems: [{ path: `metrics.${metric.name}`, message }],
  });
}

import type { SampleSource, Series } from "../../src/analysis/ports.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { matchesAll } from "./match-series.ts";
import { seeded } from "./seeded.ts";

/** How one cohort of the service behaves; a function is asked at each second since the start. */
export interface SyntheticCohort {
  readonly version: string;
  readonly pods: number;
  readonly requestsPerSecond: number | ((second: number) => number);
  readonly errorRate: number | ((second: number) => number);
  /** Median latency in seconds; log-normal with sigma 0.7. */
  readonly latency: number | ((second: number) => number);
  /** Second at which its first pod begins anew. */
  readonly restartAt?: number;
  /** Second of its first and last sample. */
  readonly bornAt?: number;
  readonly diesAt?: number;
  /** How many seconds after a whole scrape interval its first pod is scraped; 0 if left out. */
  readonly phase?: number;
}

export interface SyntheticOptions {
  readonly startedAt: number;
  readonly seconds: number;
  /** Seconds of life before the start. */
  readonly history?: number;
  readonly scrapeSeconds?: number;
  readonly seed?: number;
  readonly cohorts: readonly SyntheticCohort[];
}

const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * A service as Prometheus would hold it: request counters and latency buckets
 * of every pod, drawn request by request from a seed, scraped at each pod's own
 * phase. A label set appears with its first event.
 */
export function syntheticService(options: SyntheticOptions): readonly Series[] {
  const random = seeded(options.seed ?? 1);
  return options.cohorts.flatMap((cohort) =>
    Array.from({ length: cohort.pods }, (_, pod) => podSeries(options, cohort, pod, random)).flat(),
  );
}

/** A source that holds these series; `failing` makes it unavailable between two times. */
export function sourceOf(
  series: readonly Series[],
  failing: { readonly from: number; readonly to: number; readonly now: () => number } | null = null,
): SampleSource & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    name: "default",
    reads,
    async read(selector, { from, to }, signal) {
      signal.throwIfAborted();
      reads.push(selector.metric);
      if (failing !== null && failing.now() >= failing.from && failing.now() < failing.to) {
        throw new CoalmineError("source-unavailable", "the test took it away");
      }
      const found = series
        .filter((one) => matchesAll(one.labels, selector))
        .flatMap((one) => cut(one, from, to));
      return { series: found, warnings: [] };
    },
  };
}

function cut({ labels, times, values, histograms = [] }: Series, from: number, to: number): Series[] {
  const isInside = (time: number) => time > from && time <= to;
  const inside = {
    labels,
    times: times.filter(isInside),
    values: values.filter((_, i) => isInside(times[i] ?? 0)),
    histograms: histograms.filter(({ time }) => isInside(time)),
  };
  return inside.times.length + inside.histograms.length === 0 ? [] : [inside];
}

function podSeries(
  options: SyntheticOptions,
  cohort: SyntheticCohort,
  pod: number,
  random: () => number,
): Series[] {
  const { startedAt, seconds, history = 900, scrapeSeconds = 15 } = options;
  const labels = { service: "checkout", version: cohort.version, pod: `checkout-${cohort.version}-${pod}` };
  const series = [
    ...["200", "500"].map((status) => newSeries("http_requests_total", { ...labels, status })),
    ...[...boundaries.map(String), "+Inf"].map((le) =>
      newSeries("http_request_duration_seconds_bucket", { ...labels, le }),
    ),
  ];
  let counts = series.map(() => 0);
  const phase = ((cohort.phase ?? 0) + pod) % scrapeSeconds;
  const first = cohort.bornAt ?? -history;
  for (let second = first; second <= (cohort.diesAt ?? seconds); second++) {
    if (second === cohort.restartAt && pod === 0) counts = series.map(() => 0);
    addRequests(counts, cohort, second, random);
    const isScraped = (second - phase) % scrapeSeconds === 0 || second === first;
    if (isScraped) scrape(series, counts, startedAt + second * 1_000);
  }
  return series.filter(({ times }) => times.length > 0);
}

function scrape(
  series: readonly ReturnType<typeof newSeries>[],
  counts: readonly number[],
  time: number,
): void {
  for (const [i, one] of series.entries()) {
    // An error series is born with its first error.
    if (i < 2 && counts[i] === 0 && one.times.length === 0) continue;
    one.times.push(time);
    one.values.push(counts[i] ?? 0);
  }
}

function newSeries(name: string, labels: Readonly<Record<string, string>>) {
  return { labels: { __name__: name, ...labels }, times: [] as number[], values: [] as number[] };
}

/** One second of requests: status counters first, then the cumulative buckets. */
function addRequests(counts: number[], cohort: SyntheticCohort, second: number, random: () => number): void {
  const at = (value: number | ((second: number) => number)) =>
    typeof value === "number" ? value : value(second);
  const mean = at(cohort.requestsPerSecond) / cohort.pods;
  const requests = Math.floor(mean) + (random() < mean % 1 ? 1 : 0);
  for (let i = 0; i < requests; i++) {
    const status = random() < at(cohort.errorRate) ? 1 : 0;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const latency = at(cohort.latency) * Math.exp(0.7 * normal);
    const bucket = boundaries.findIndex((boundary) => latency <= boundary);
    const from = 2 + (bucket < 0 ? boundaries.length : bucket);
    counts[status] = (counts[status] ?? 0) + 1;
    for (let j = from; j < counts.length; j++) counts[j] = (counts[j] ?? 0) + 1;
  }
}

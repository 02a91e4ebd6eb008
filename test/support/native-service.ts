import type { NativeHistogram, Series } from "../../src/analysis/ports.ts";
import { seeded } from "./seeded.ts";

/** Bucket i of schema 3 ends at base^i. */
const base = 2 ** (1 / 8);

interface NativeCohort {
  readonly version: string;
  readonly requestsPerSecond: number;
  /** Median latency in seconds; log-normal with sigma 0.7. */
  readonly latency: number;
}

/** One pod a cohort with a native latency histogram of schema 3, scraped every 15 s. */
export function nativeService(
  startedAt: number,
  seconds: number,
  cohorts: readonly NativeCohort[],
): Series[] {
  const random = seeded(7);
  return cohorts.map(({ version, requestsPerSecond, latency }) => {
    const counts = new Map<number, number>();
    const histograms: { time: number; histogram: NativeHistogram }[] = [];
    for (let second = -900; second <= seconds; second++) {
      for (let i = 0; i < requestsPerSecond; i++) {
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        const index = Math.ceil(Math.log(latency * Math.exp(0.7 * normal)) / Math.log(base));
        counts.set(index, (counts.get(index) ?? 0) + 1);
      }
      if (second % 15 === 0)
        histograms.push({ time: startedAt + second * 1_000, histogram: snapshot(counts) });
    }
    const labels = {
      __name__: "http_request_duration_seconds",
      service: "checkout",
      version,
      pod: `checkout-${version}-0`,
    };
    return { labels, times: [], values: [], histograms };
  });
}

function snapshot(counts: ReadonlyMap<number, number>): NativeHistogram {
  const indexes = [...counts.keys()].sort((a, b) => a - b);
  return {
    count: [...counts.values()].reduce((sum, count) => sum + count, 0),
    sum: 0,
    buckets: indexes.map((index) => ({
      lower: base ** (index - 1),
      upper: base ** index,
      count: counts.get(index) ?? 0,
    })),
  };
}

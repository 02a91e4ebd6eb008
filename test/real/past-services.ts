/** Services of the past with known truth, to back-fill a Prometheus with: one `service` label a case, all in one block. */
import type { Series } from "../../src/analysis/ports.ts";
import { openMetrics } from "../servers/open-metrics.ts";
import {
  type SyntheticCohort,
  type SyntheticOptions,
  syntheticService,
} from "../support/synthetic-service.ts";

/** When every past analysis starts: past, whatever the machine's date, and with its history in one block of two hours. */
export const startedAt = Date.UTC(2025, 5, 1, 12, 30);

/** v1: three pods, 20 requests a second, 0.5 % errors. */
export const baseline: SyntheticCohort = {
  version: "v1",
  pods: 3,
  requestsPerSecond: 20,
  errorRate: 0.005,
  latency: 0.04,
};

/** v2: as good as v1, half as much traffic; with what the case is about changed. */
export function canary(change: Partial<SyntheticCohort> = {}): SyntheticCohort {
  return { ...baseline, version: "v2", pods: 2, requestsPerSecond: 10, ...change };
}

/**
 * The series of one service as its pods would expose them: an error series
 * begins with its first error, and begins anew with the first one after a restart.
 */
export function pastService(
  service: string,
  cohorts: readonly SyntheticCohort[],
  options: Partial<SyntheticOptions> = {},
): readonly Series[] {
  const all = syntheticService({ startedAt, seconds: 700, cohorts, ...options });
  return all.map((series) => {
    const labels = { ...series.labels, service, pod: `${service}-${series.labels["pod"]}` };
    return series.labels["__name__"] === "http_requests_total"
      ? { ...withoutZeros(series), labels }
      : { ...series, labels };
  });
}

/** Series as OpenMetrics text for `blocksFrom`. */
export function blocksOf(series: readonly Series[]): string {
  return openMetrics(
    series.map(({ labels, times, values }) => ({
      labels,
      samples: times.map((time, i) => [time, values[i] ?? 0] as const),
    })),
  );
}

/** What a judge that misses nothing counts of one version: requests and errors that some scrape saw. */
export interface Truth {
  readonly total: number;
  readonly bad: number;
}

/**
 * The truth of a window, from when each pod restarted and not from how its
 * counters look: the growth from scrape to scrape, and all of the first scrape
 * after a birth or a restart.
 *
 * @param minutes length of the window, which begins at `startedAt`.
 * @param restartAt second at which the version's first pod began anew.
 */
export function truthOf(
  series: readonly Series[],
  version: string,
  minutes: number,
  restartAt?: number,
): Truth {
  const truth = { total: 0, bad: 0 };
  for (const one of series) {
    const { labels } = one;
    if (labels["__name__"] !== "http_requests_total" || labels["version"] !== version) continue;
    const isRestarted = restartAt !== undefined && labels["pod"]?.endsWith("-0") === true;
    const seen = seenEvents(one, minutes, isRestarted ? startedAt + restartAt * 1_000 : null);
    truth.total += seen;
    if (labels["status"] === "500") truth.bad += seen;
  }
  return truth;
}

function seenEvents({ times, values }: Series, minutes: number, restart: number | null): number {
  let seen = 0;
  for (const [i, time] of times.entries()) {
    if (time <= startedAt || time > startedAt + minutes * 60_000) continue;
    const before = times[i - 1];
    const isNew = before === undefined || (restart !== null && before < restart && time >= restart);
    seen += (values[i] ?? 0) - (isNew ? 0 : (values[i - 1] ?? 0));
  }
  return seen;
}

function withoutZeros({ labels, times, values }: Series): Series {
  return {
    labels,
    times: times.filter((_, i) => values[i] !== 0),
    values: values.filter((value) => value !== 0),
  };
}

// A large service's samples, for measuring what reading and judging them costs.
import type { Series } from "../../src/analysis/ports.ts";
import { syntheticService } from "../../test/support/synthetic-service.ts";

export const fleetStartedAt = Date.UTC(2026, 0, 5, 9);

export interface FleetOptions {
  readonly podsACohort: number;
  readonly minutes: number;
  readonly requestsAPodASecond: number;
  /** The canary's traffic relative to the baseline's, at a second. */
  readonly weight?: (second: number) => number;
}

/** Request counters and latency buckets of both cohorts, and each pod's memory as a gauge. */
export function fleetSeries(options: FleetOptions): readonly Series[] {
  const { podsACohort, minutes, requestsAPodASecond, weight = () => 1 } = options;
  const cohort = (version: string, share: (second: number) => number) => ({
    version,
    pods: podsACohort,
    requestsPerSecond: (second: number) => requestsAPodASecond * podsACohort * share(second),
    errorRate: 0.01,
    latency: 0.05,
  });
  const series = syntheticService({
    startedAt: fleetStartedAt,
    seconds: minutes * 60,
    history: 900,
    cohorts: [cohort("v1", () => 1), cohort("v2", weight)],
  });
  const memory = series
    .filter(({ labels }) => labels["__name__"] === "http_requests_total" && labels["status"] === "200")
    .map(({ labels, times }, i) => ({
      labels: { ...labels, __name__: "process_resident_memory_bytes", status: "" },
      times,
      values: times.map((time) => 1e8 + ((time / 1_000 + 7_919 * i) % 1e6)),
    }));
  return [...series, ...memory];
}

/** Services whose counters are known in advance, so that what a live analysis finds can be found again from the past. */
import type { FakeSeries } from "../../support/fake-prometheus.ts";

/** A service with a version `v1` and its canary `v2`. */
export interface KnownService {
  readonly name: string;
  /** Of each version. */
  readonly requestsPerSecond: number;
  /** Share of the canary's requests that fail. */
  readonly errorRate: number;
}

const usualErrorRate = 0.002;
const scrapeMs = 5_000;

/** A third is good, a third bad, and of a third too little is seen. */
export function knownServices(count: number): readonly KnownService[] {
  const kinds = [
    { requestsPerSecond: 200, errorRate: usualErrorRate },
    { requestsPerSecond: 200, errorRate: 0.05 },
    { requestsPerSecond: 1, errorRate: usualErrorRate },
  ] as const;
  return Array.from({ length: count }, (_, i) => ({ name: `service-${i}`, ...(kinds[i % 3] ?? kinds[0]) }));
}

/** Its counters from one time to another, in milliseconds since the epoch, scraped every five seconds. */
export function seriesOf(service: KnownService, from: number, to: number): readonly FakeSeries[] {
  return (["v1", "v2"] as const).flatMap((version) =>
    (["200", "500"] as const).map((code) => ({
      labels: labelsOf(service.name, version, code),
      samples: samplesOf(rateOf(service, version, code), from, to),
    })),
  );
}

/** Requests a second. */
function rateOf({ requestsPerSecond, errorRate }: KnownService, version: "v1" | "v2", code: "200" | "500") {
  const bad = version === "v2" ? errorRate : usualErrorRate;
  return requestsPerSecond * (code === "500" ? bad : 1 - bad);
}

function samplesOf(rate: number, from: number, to: number): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.floor((to - from) / scrapeMs) + 1 }, (_, scrape) => {
    const afterMs = scrape * scrapeMs;
    return [from + afterMs, Math.round((rate * afterMs) / 1_000)] as const;
  });
}

function labelsOf(name: string, version: string, code: string) {
  return {
    __name__: "istio_requests_total",
    reporter: "destination",
    destination_service_name: name,
    destination_canonical_service: name,
    destination_workload: `${name}-${version}`,
    destination_workload_namespace: "shop",
    destination_version: version,
    pod: `${name}-${version}-0`,
    instance: `${name}-${version}:15020`,
    response_code: code,
  };
}

/** A spec of it. */
export function documentOf({ name }: KnownService, durationSeconds: number) {
  return {
    service: name,
    namespace: "shop",
    telemetry: "istio",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [{ name: "errors", kind: "errors", compare: {} }],
    duration: `${durationSeconds}s`,
    tick: "10s",
    interval: "5s",
    warmup: "0s",
  };
}

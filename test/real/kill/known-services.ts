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

/** Found at looks all over the first minute and a half: it tells whether a look was left out. */
const badErrorRates = [0.005, 0.006, 0.007, 0.008, 0.009, 0.01, 0.015] as const;

/** A third is good, a third bad, and of a third too little is seen. */
export function knownServices(count: number): readonly KnownService[] {
  return Array.from({ length: count }, (_, i) => {
    const isBad = i % 3 === 1;
    const errorRate = isBad ? (badErrorRates[((i - 1) / 3) % badErrorRates.length] ?? 1) : usualErrorRate;
    return { name: `service-${i}`, requestsPerSecond: i % 3 === 2 ? 1 : 200, errorRate };
  });
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

/** How long a run is and how often it looks, as a spec says it. */
export interface RunTimes {
  readonly duration: string;
  readonly interval: string;
}

/** A spec of it. */
export function documentOf({ name }: KnownService, times: RunTimes) {
  return {
    service: name,
    namespace: "shop",
    telemetry: "istio",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [{ name: "errors", kind: "errors", compare: {} }],
    ...times,
    tick: "10s",
    warmup: "0s",
  };
}

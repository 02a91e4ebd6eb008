/** A service of the past whose latencies are native histograms, sent to a Prometheus by OTLP: promtool back-fills none. */
import { seeded } from "../support/seeded.ts";

/** One version, which is one pod. */
export interface NativeVersion {
  readonly version: string;
  /** Median latency in seconds; log-normal with sigma 0.7. */
  readonly latency: number;
  readonly requestsPerSecond: number;
}

export interface NativeService {
  readonly service: string;
  readonly startedAt: number;
  /** Seconds of life before the start, and after it. */
  readonly history: number;
  readonly seconds: number;
  readonly versions: readonly NativeVersion[];
}

/** Bucket boundaries are powers of 2^(1/8). */
const scale = 3;
const scrapeSeconds = 15;

/**
 * Sends the histogram `http_request_duration_seconds`, a sample each 15 s.
 *
 * @param url of a Prometheus with `--web.enable-otlp-receiver` that holds nothing newer.
 * @throws Error if it refuses one.
 */
export async function sendNativeService(url: string, service: NativeService): Promise<void> {
  const random = seeded(7);
  const pods = service.versions.map((version) => ({ version, count: 0, buckets: new Map<number, number>() }));
  for (let second = -service.history; second <= service.seconds; second += scrapeSeconds) {
    for (const pod of pods) {
      const requests = pod.version.requestsPerSecond * scrapeSeconds;
      for (let request = 0; request < requests; request++) {
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        const index = Math.ceil(Math.log2(pod.version.latency * Math.exp(0.7 * normal)) * 2 ** scale) - 1;
        pod.buckets.set(index, (pod.buckets.get(index) ?? 0) + 1);
      }
      pod.count += requests;
    }
    const time = service.startedAt + second * 1_000;
    await send(
      url,
      pods.map(({ version, count, buckets }) => ({
        attributes: Object.entries({
          service: service.service,
          version: version.version,
          pod: `${service.service}-${version.version}`,
        }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
        timeUnixNano: `${time}000000`,
        count: String(count),
        sum: count * version.latency,
        scale,
        zeroCount: "0",
        positive: dense(buckets),
      })),
    );
  }
}

function dense(buckets: ReadonlyMap<number, number>) {
  const offset = Math.min(...buckets.keys());
  const length = Math.max(...buckets.keys()) - offset + 1;
  return { offset, bucketCounts: Array.from({ length }, (_, i) => String(buckets.get(offset + i) ?? 0)) };
}

async function send(url: string, dataPoints: readonly unknown[]): Promise<void> {
  const exponentialHistogram = { aggregationTemporality: 2, dataPoints };
  const metrics = [{ name: "http_request_duration_seconds", exponentialHistogram }];
  const response = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`Prometheus refused a histogram: ${response.status} ${answer}`);
}

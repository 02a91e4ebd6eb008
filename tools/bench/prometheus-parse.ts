/**
 * How long an answer of Prometheus takes from bytes to merged series: 100 pods
 * with four buckets and four response codes, 21 samples each (five minutes).
 *
 * Prints the median and the worst of 200 runs, in milliseconds of CPU: what other
 * work the machine does at the time does not count.
 */
import { interpretAnswer } from "../../src/sources/prometheus/interpret-answer.ts";
import { mergeReplicas } from "../../src/sources/prometheus/merge-replicas.ts";
import { readMatrix } from "../../src/sources/prometheus/read-matrix.ts";

const seriesCount = 800;
const samplesEach = 21;
const runs = 200;
const start = Date.UTC(2026, 0, 1) / 1_000;
const window = { from: start * 1_000 - 1, to: start * 1_000 + 301_000 };

const result = Array.from({ length: seriesCount }, (_, index) => ({
  metric: {
    __name__: "istio_requests_total",
    destination_workload: "checkout",
    destination_workload_namespace: "shop",
    instance: `10.0.${index >> 3}.1:15020`,
    namespace: "shop",
    pod: `checkout-6d4b75cb6d-${index >> 3}`,
    reporter: "destination",
    request_protocol: "http",
    response_code: String(200 + (index & 7)),
    source_workload: "gateway",
  },
  values: Array.from({ length: samplesEach }, (_, tick) => [
    start + 15 * tick + 0.123,
    String(index * 1_000 + tick),
  ]),
}));
const data = { resultType: "matrix", result };
const bytes = Buffer.from(JSON.stringify({ status: "success", data }));

const times: number[] = [];
let samples = 0;
for (let run = 0; run < runs; run++) {
  const began = process.cpuUsage();
  const answer = interpretAnswer(
    { status: 200, headers: { retryAfter: "", date: "", contentType: "", contentEncoding: "" }, body: bytes },
    0,
  );
  const series = mergeReplicas(readMatrix(answer.result, answer.lists, window), [
    "prometheus_replica",
    "__replica__",
  ]);
  const { user, system } = process.cpuUsage(began);
  times.push((user + system) / 1_000);
  samples = series.reduce((total, { times: { length } }) => total + length, 0);
}
times.sort((a, b) => a - b);
console.log(
  `${seriesCount} series, ${samples} samples, ${bytes.length} bytes:`,
  `median ${times[runs >> 1]?.toFixed(2)} ms, worst ${times.at(-1)?.toFixed(2)} ms`,
);

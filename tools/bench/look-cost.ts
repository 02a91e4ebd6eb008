// What one look costs, from the bytes of Prometheus' answers to the result.
import type { SampleSource, TimeWindow } from "../../src/analysis/ports.ts";
import { runLive } from "../../src/analysis/run/run-live.ts";
import { renderSelector, type Selector } from "../../src/analysis/selector.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { interpretAnswer } from "../../src/sources/prometheus/interpret-answer.ts";
import { mergeReplicas } from "../../src/sources/prometheus/merge-replicas.ts";
import { readMatrix } from "../../src/sources/prometheus/read-matrix.ts";
import { sourceOf } from "../../test/support/synthetic-service.ts";
import { fleetSeries, fleetStartedAt } from "./fleet.ts";

const replicaLabels = ["prometheus_replica", "__replica__"];

export interface LookCost {
  /** Milliseconds of CPU, of looks after the first minutes. */
  readonly median: number;
  readonly worst: number;
  readonly looks: number;
  /** Bytes and series that a look reads, on average. */
  readonly bytes: number;
  readonly series: number;
}

/** Measures the looks of one analysis of a service with so many pods a cohort, errors and latency at their defaults. */
export async function lookCost(podsACohort: number, minutes: number): Promise<LookCost> {
  const held = sourceOf(fleetSeries({ podsACohort, minutes, requestsAPodASecond: 2 }));
  const answers = new Map<string, Buffer>();
  const key = (selector: Selector, { from, to }: TimeWindow) => `${renderSelector(selector)} ${from} ${to}`;
  const read = { bytes: 0, series: 0 };

  // The first run writes the answers down, so that the second pays for nothing but reading them.
  await run(minutes, {
    name: "default",
    async read(selector, window, signal) {
      const answer = await held.read(selector, window, signal);
      answers.set(key(selector, window), prometheusBytes(answer.series));
      return answer;
    },
  });
  const source: SampleSource = {
    name: "default",
    async read(selector, window) {
      const body = answers.get(key(selector, window)) ?? Buffer.alloc(0);
      const { result, lists, warnings } = interpretAnswer(
        { status: 200, headers: { retryAfter: "", date: "", contentType: "", contentEncoding: "" }, body },
        0,
      );
      const series = mergeReplicas(readMatrix(result, lists, window), replicaLabels);
      read.bytes += body.length;
      read.series += series.length;
      return { series, warnings };
    },
  };
  const costs = await run(minutes, source);
  const steady = costs.slice(Math.floor(costs.length / 3)).sort((a, b) => a - b);
  return {
    median: steady[steady.length >> 1] ?? 0,
    worst: steady.at(-1) ?? 0,
    looks: steady.length,
    bytes: read.bytes / costs.length,
    series: read.series / costs.length,
  };
}

/** CPU of each look, in milliseconds. */
async function run(minutes: number, source: SampleSource): Promise<number[]> {
  const costs: number[] = [];
  let now = fleetStartedAt;
  const steps = runLive({
    id: "bench",
    spec: parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      duration: `${minutes}m`,
    }),
    sources: [source],
    clock: {
      now: () => now,
      until: async (time) => {
        now = Math.max(now, time);
      },
    },
    startedAt: fleetStartedAt,
    state: null,
    ingestionDelayMs: 0,
    signal: new AbortController().signal,
  });
  for (;;) {
    const began = process.cpuUsage();
    const step = await steps.next();
    const { user, system } = process.cpuUsage(began);
    if (step.done === true) return costs;
    costs.push((user + system) / 1_000);
  }
}

function prometheusBytes(
  series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly times: readonly number[];
    readonly values: readonly number[];
  }[],
): Buffer {
  const result = series.map(({ labels, times, values }) => ({
    metric: { ...labels, instance: `${labels["pod"]}:8080`, job: "checkout", namespace: "shop" },
    values: times.map((time, i) => [time / 1_000, String(values[i])]),
  }));
  return Buffer.from(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
}

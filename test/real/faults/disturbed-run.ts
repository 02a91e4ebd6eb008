/** Analyses of samples that a real Prometheus holds, run live through a proxy while faults come and go. */
import type { SampleSource } from "../../../src/analysis/ports.ts";
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { runLive } from "../../../src/analysis/run/run-live.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../../../src/sources/prometheus/prometheus-source.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { type Fault, startFaultProxy } from "../../support/fault-proxy.ts";
import { seeded } from "../../support/seeded.ts";
import { startedAt } from "../past-services.ts";
import { closedByClient } from "./closed-by-client.ts";

/** A stretch of an analysis, in seconds from its start. */
export type Span = readonly [from: number, to: number];

export interface DisturbedRun {
  /** What befalls a query when it is sent at this second of the analysis; null is none. */
  readonly faultAt: (second: number) => Fault | null;
  /** Of the source; without retries unless they say so. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Beside the defaults of a spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Whether Prometheus and the source's clock are at the analysis' own time, too: nothing later is there yet. */
  readonly isThen?: boolean;
}

/** A look of the analysis: when, in seconds from its start, and what was known then. */
export interface TakenLook {
  readonly second: number;
  readonly result: AnalysisResult;
  /** Whether the source answered. */
  readonly isSeen: boolean;
}

export interface Disturbed {
  readonly looks: readonly TakenLook[];
  readonly last: AnalysisResult;
  /** As the analysis knew it. */
  readonly url: string;
  /** Of the proxy when all was over. */
  readonly faults: number;
  readonly bytesPoured: number;
}

/** What a look that fails takes: the default budget for retries, and the delay before it. */
const failedLookMs = 35_000;

/** The fault in any of these spans. */
export function during(fault: Fault, ...spans: readonly Span[]): DisturbedRun["faultAt"] {
  return (second) => (spans.some(([from, to]) => from <= second && second < to) ? fault : null);
}

/**
 * Runs the analysis of `v2` against `v1` of a service. Time passes where the
 * run waits for it, at once, and where a look fails, as long as it would in the
 * field: so ten minutes take as long as their queries, and come out the same on
 * any machine.
 */
export async function runDisturbed(
  prometheusUrl: string,
  service: string,
  run: DisturbedRun,
): Promise<Disturbed> {
  const clock = fakeClock(startedAt);
  const secondOf = (time: number) => (time - startedAt) / 1_000;
  const proxy = await startFaultProxy(prometheusUrl, run.isThen === true ? clock.now : undefined);
  proxy.use(() => run.faultAt(secondOf(clock.now())));
  const source = createPrometheusSource({
    name: "default",
    settings: prometheusSourceSettings.parse({ url: proxy.url, retryBudgetMs: 0, ...run.settings }),
    clock: run.isThen === true ? clock : systemClock,
    random: seeded(1),
  });
  const looks: TakenLook[] = [];
  try {
    const steps = runLive({
      id: service,
      spec: parseSpec({ service, telemetry: "http", cohorts, interval: "30s", ...run.spec }),
      sources: [takingTime(source, clock)],
      clock,
      startedAt,
      state: null,
      ingestionDelayMs: 5_000,
      signal: new AbortController().signal,
    });
    for await (const { state, result, look } of steps) {
      looks.push({ second: secondOf(Date.parse(look.at)), result, isSeen: state.sourceAway === null });
    }
  } finally {
    await source.close();
    await closedByClient(proxy);
    await proxy.close();
  }
  const last = looks.at(-1)?.result;
  if (last === undefined) throw new Error("the run took no look");
  const { url, faults, bytesPoured } = proxy;
  return { looks, last, url, faults, bytesPoured };
}

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };

function takingTime(source: SampleSource, clock: Clock): SampleSource {
  return {
    name: source.name,
    async read(selector, window, signal) {
      const began = clock.now();
      try {
        return await source.read(selector, window, signal);
      } catch (error) {
        await clock.until(began + failedLookMs, signal);
        throw error;
      }
    },
  };
}

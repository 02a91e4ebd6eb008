/** Analyses over a real Prometheus, as the product runs them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SampleSource } from "../../src/analysis/ports.ts";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import { replay } from "../../src/analysis/run/replay.ts";
import { runLive } from "../../src/analysis/run/run-live.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import {
  createPrometheusSource,
  type PrometheusSource,
} from "../../src/sources/prometheus/prometheus-source.ts";

/** The source with the product's own defaults, but for `settings`. */
export function sourceAt(url: string, settings: Readonly<Record<string, unknown>> = {}): PrometheusSource {
  return createPrometheusSource({
    name: "default",
    settings: prometheusSourceSettings.parse({ url, ...settings }),
    clock: systemClock,
    random: Math.random,
  });
}

/** The result of a past window that begins at `startedAt`. `spec` is what a user would write. */
export async function judgePast(
  source: SampleSource,
  spec: unknown,
  startedAt: number,
): Promise<AnalysisResult> {
  const { signal } = new AbortController();
  const options = { id: "a", spec: parseSpec(spec), sources: [source], startedAt, signal };
  return (await lastOf(replay(options))).result;
}

/** What the newest scrape saw of a version's requests. */
export async function requestsSeen(source: SampleSource, version: string): Promise<number> {
  const matchers = [{ label: "version", op: "=", value: version }] as const;
  const selector = { metric: "http_requests_total", matchers };
  const now = Date.now();
  const window = { from: now - 30_000, to: now };
  const { series } = await source.read(selector, window, new AbortController().signal);
  return series.reduce((sum, { values }) => sum + (values.at(-1) ?? 0), 0);
}

/** Waits until Prometheus has seen some seconds' requests of each version, so that its pods are past a warm-up of two. */
export async function untilSeen(prometheusUrl: string, versions: readonly string[]): Promise<void> {
  const source = sourceAt(prometheusUrl);
  const seen = () => Promise.all(versions.map((version) => requestsSeen(source, version)));
  while (Math.min(...(await seen())) < 300) await sleep(200);
  await source.close();
}

/** Starts an analysis now; a scrape a second is there a second later. */
export function judgeNow(source: SampleSource, spec: unknown): AsyncGenerator<AnalysisStep> {
  return runLive({
    id: "a",
    spec: parseSpec(spec),
    sources: [source],
    clock: systemClock,
    startedAt: Date.now(),
    state: null,
    ingestionDelayMs: 1_000,
    signal: new AbortController().signal,
  });
}

/** The last step; `onStep` hears of each as it comes. */
export async function lastOf(
  steps: AsyncIterable<AnalysisStep>,
  onStep: (step: AnalysisStep) => void = () => {},
): Promise<AnalysisStep> {
  let last: AnalysisStep | null = null;
  for await (const step of steps) {
    onStep(step);
    last = step;
  }
  if (last === null) throw new Error("no step");
  return last;
}

/** Runs of every kind of analysis against a service that is drawn from a seed: where the states of these tests come from. */
import type { AnalysisState } from "../../../src/analysis/advance/state.ts";
import { planAnalysis } from "../../../src/analysis/plan/plan.ts";
import type { SampleSource, Series } from "../../../src/analysis/ports.ts";
import { type RunLiveOptions, runLive } from "../../../src/analysis/run/run-live.ts";
import type { AnalysisStep } from "../../../src/analysis/run/step.ts";
import type { AnalysisSpec } from "../../../src/analysis/spec/model.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { nativeService } from "../../support/native-service.ts";
import { type SyntheticCohort, sourceOf, syntheticService } from "../../support/synthetic-service.ts";

export const startedAt = Date.UTC(2026, 0, 1);

export interface RealRun {
  readonly name: RunName;
  readonly spec: AnalysisSpec;
  readonly sources: readonly SampleSource[];
  readonly weight?: () => number | null;
}

const seconds = 360;
const baseline: SyntheticCohort = {
  version: "v1",
  pods: 3,
  requestsPerSecond: 12,
  errorRate: 0.01,
  latency: 0.04,
};
const canary: SyntheticCohort = { ...baseline, version: "v2", pods: 2, requestsPerSecond: 8, restartAt: 200 };

function service(changes: Partial<SyntheticCohort> = {}, history = 600, seed = 1): readonly Series[] {
  return syntheticService({
    startedAt,
    seconds,
    history,
    seed,
    cohorts: [baseline, { ...canary, ...changes }],
  });
}

/** The pods' heap, now and then beyond what a sum of doubles holds. */
function heap(most: number): readonly Series[] {
  return ["v1", "v2"].map((version) => {
    const times = Array.from({ length: 60 }, (_, i) => startedAt + (i - 20) * 15_000 - 5_000);
    const labels = {
      __name__: "heap",
      service: "checkout",
      version,
      pod: `checkout-${version}-0`,
    };
    return { labels, times, values: times.map((time, i) => (i % 2 === 0 ? time / 7 : most)) };
  });
}

function specOf(changes: Readonly<Record<string, unknown>> = {}): AnalysisSpec {
  return parseSpec({
    service: "checkout",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    duration: "6m",
    warmup: "30s",
    ...changes,
  });
}

const everyKind = [
  { kind: "errors", name: "errors", limit: "5%", compare: {} },
  { kind: "latency", name: "p95", quantile: 0.95, limit: "500ms", compare: {}, slower: "2x" },
  { kind: "latency", name: "latency" },
  { kind: "ratio", name: "failed", bad: 'http_requests_total{status="500"}', total: "http_requests_total" },
  { kind: "gauge", name: "heap", query: "heap", block: "1m", gate: false },
  { kind: "condition", name: "still", query: "heap < 0", for: "2m" },
];

/** A source that is away until the analysis has run for so long. */
function awayUntil(ms: number): SampleSource {
  const here = sourceOf(service());
  const away = sourceOf([], { from: 0, to: 1, now: () => 0 });
  return {
    name: "default",
    read: (selector, window, signal) =>
      (window.to < startedAt + ms ? away : here).read(selector, window, signal),
  };
}

function notCounts(series: readonly Series[]): readonly Series[] {
  return series.map((one) => ({ ...one, values: one.values.map(() => Number.NaN) }));
}

type Made = Omit<RealRun, "name">;

const limits = [
  { kind: "errors", name: "errors", limit: "5%" },
  { kind: "latency", name: "p95", quantile: 0.95, limit: "500ms" },
];

const made = {
  "the default spec": () => ({ spec: specOf(), sources: [sourceOf(service())] }),
  "a regression": () => ({ spec: specOf(), sources: [sourceOf(service({ errorRate: 0.2 }))] }),
  "every kind of metric": () => ({
    spec: specOf({ metrics: everyKind }),
    sources: [sourceOf([...service(), ...heap(1e9)])],
    weight: () => 40,
  }),
  "no baseline": () => ({
    spec: specOf({ cohorts: { canary: { version: "v2" } }, metrics: limits }),
    sources: [sourceOf(service())],
  }),
  "no past": () => ({ spec: specOf(), sources: [sourceOf(service({}, 0))] }),
  "two regions": () => ({
    spec: specOf({ source: ["east", "west"] }),
    sources: [sourceOf(service()), sourceOf(service({}, 600, 2))],
  }),
  "scrapes apart": () => ({
    spec: specOf(),
    sources: [
      sourceOf(
        syntheticService({
          ...{ startedAt, seconds, history: 600, scrapeSeconds: 60 },
          cohorts: [
            { ...baseline, pods: 1 },
            { ...canary, pods: 1, phase: 20 },
          ],
        }),
      ),
    ],
  }),
  "native histograms": () => ({
    spec: specOf({ metrics: [{ kind: "latency", name: "latency" }] }),
    sources: [
      sourceOf(
        nativeService(startedAt, seconds, [
          { version: "v1", requestsPerSecond: 8, latency: 0.04 },
          { version: "v2", requestsPerSecond: 4, latency: 0.04 },
        ]),
      ),
    ],
  }),
  "a measured dispersion": () => ({ spec: specOf({ dispersion: "auto" }), sources: [sourceOf(service())] }),
  "a source that comes late": () => ({ spec: specOf(), sources: [awayUntil(100_000)] }),
  "no series": () => ({ spec: specOf(), sources: [sourceOf([])] }),
  "counts that are none": () => ({ spec: specOf(), sources: [sourceOf(notCounts(service()))] }),
  "sums that overflow": () => ({
    spec: specOf({ metrics: everyKind }),
    sources: [sourceOf([...service(), ...heap(1.5e308)])],
  }),
} satisfies Record<string, () => Made>;

export type RunName = keyof typeof made;

export const runNames: readonly RunName[] = Object.keys(made).filter((name): name is RunName => name in made);

const runs = new Map<RunName, RealRun>();
const steps = new Map<RunName, Promise<readonly AnalysisStep[]>>();

/** The run of that name. Drawn once: it is the same every time, and nothing of it changes. */
export function realRun(name: RunName): RealRun {
  const run = runs.get(name) ?? { name, ...made[name]() };
  runs.set(name, run);
  return run;
}

/** Every step of the run, in one go; run once. */
export function stepsOf(run: RealRun): Promise<readonly AnalysisStep[]> {
  const known = steps.get(run.name) ?? Array.fromAsync(open(run, null, startedAt));
  steps.set(run.name, known);
  return known;
}

/** The next step of the run from a state, by another process whose clock stands at `at`. */
export async function goOn(run: RealRun, state: AnalysisState | null, at: number): Promise<AnalysisStep> {
  const next = await open(run, state, at).next();
  if (next.done === true) throw new Error("the run is over");
  return next.value;
}

/** Its state after so many looks (-1: after the last), when that was, and the plan it belongs to. */
export async function stateAfter(run: RealRun, looks: number) {
  const step = (await stepsOf(run)).at(looks);
  if (step === undefined) throw new Error(`${run.name} ended before`);
  return { state: step.state, at: Date.parse(step.look.at), plan: planAnalysis(run.spec) };
}

function open(run: RealRun, state: AnalysisState | null, at: number): AsyncGenerator<AnalysisStep> {
  const options: RunLiveOptions = {
    id: "a",
    spec: run.spec,
    sources: run.sources,
    clock: fakeClock(at),
    startedAt,
    state,
    ingestionDelayMs: 0,
    ...(run.weight === undefined ? {} : { weight: run.weight }),
    signal: new AbortController().signal,
  };
  return runLive(options);
}

/** A stage for the providers: a service with a regression or without, a controller that asks, and a clock that is set by hand. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  AnalysisRunView,
  MetricView,
  RolloutView,
} from "../../../src/adapters/argo-rollouts/controller-view.ts";
import type { Measurement, MeasurementRequest } from "../../../src/adapters/argo-rollouts/metric-provider.ts";
import type { ProviderOptions } from "../../../src/adapters/argo-rollouts/take-up.ts";
import { type Analyses, createAnalyses } from "../../../src/analysis/analyses.ts";
import type { Series } from "../../../src/analysis/ports.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { createManualClock } from "../../sources/scrape/manual-clock.ts";
import { immediateQueue } from "../../support/immediate-queue.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { sourceOf, syntheticService } from "../../support/synthetic-service.ts";

export const start = Date.UTC(2026, 0, 1);

export const rollout: RolloutView = {
  uid: "r-1",
  name: "checkout",
  namespace: "shop",
  stableHash: "5c8f",
  canaryHash: "6bd9",
  stepIndex: 1,
  weight: null,
  progressDeadlineSeconds: 600,
};

const run: AnalysisRunView = {
  uid: "run-1",
  name: "checkout-6bd9-2",
  namespace: "shop",
  createdAt: start,
  startedAt: null,
  labels: { "rollouts-pod-template-hash": "6bd9" },
  owner: { kind: "Rollout", name: "checkout", uid: "r-1" },
  args: {},
  measured: 0,
};

function metricOf(
  config: Readonly<Record<string, unknown>> = {},
  changes: Partial<MetricView> = {},
): MetricView {
  return {
    name: "coalmine",
    initialDelay: "",
    successCondition: "",
    failureCondition: "",
    config: JSON.stringify({ telemetry: "http", ...config }),
    ...changes,
  };
}

export function requestOf(
  config: Readonly<Record<string, unknown>> = {},
  changes: { readonly run?: Partial<AnalysisRunView>; readonly metric?: Partial<MetricView> } = {},
): MeasurementRequest {
  return { run: { ...run, ...changes.run }, metric: metricOf(config, changes.metric) };
}

export interface StageOptions {
  readonly errorRate?: number;
  readonly rollout?: RolloutView | null;
  /** Thrown by every read of the Rollout. */
  readonly apiError?: CoalmineError;
  /** When the source does not answer. */
  readonly sourceAway?: { readonly from: number; readonly to: number };
}

const drawn = new Map<number, readonly Series[]>();

/** The service of three stable and two canary pods, drawn once for each error rate of the canary. */
function seriesOf(errorRate: number): readonly Series[] {
  const known = drawn.get(errorRate);
  if (known !== undefined) return known;
  const cohort = { requestsPerSecond: 15, latency: 0.04 };
  const series = syntheticService({
    startedAt: start,
    seconds: 620,
    history: 240,
    cohorts: [
      { ...cohort, version: "5c8f", pods: 3, errorRate: 0.005 },
      { ...cohort, version: "6bd9", pods: 2, errorRate },
    ],
  });
  const inShop = series.map((one) => ({ ...one, labels: { ...one.labels, namespace: "shop" } }));
  drawn.set(errorRate, inShop);
  return inShop;
}

/** What the providers work with; `process()` is a new process over the same cluster and the same source. */
export function stage({
  errorRate = 0.005,
  rollout: owner = rollout,
  apiError,
  sourceAway,
}: StageOptions = {}) {
  const clock = createManualClock(start);
  const reads: string[] = [];
  const source = sourceOf(
    seriesOf(errorRate),
    sourceAway === undefined ? null : { ...sourceAway, now: clock.now },
  );
  const follow = () => {
    const follower = createAnalyses({
      store: createMemoryStore({ maxRecords: 100 }),
      queue: immediateQueue(clock),
      sources: new Map([["default", { source, ingestionDelayMs: 5_000 }]]),
      clock,
      newId: () => "unused",
      logger: quietLogger(),
    });
    void follower.resume();
    return follower;
  };
  const process = (): ProviderOptions & { readonly follower: Analyses } => ({
    follower: follow(),
    rollouts: {
      read: async (namespace, name) => {
        reads.push(`${namespace}/${name}`);
        if (apiError !== undefined) throw apiError;
        return owner;
      },
    },
    openSource: (address) => {
      throw new CoalmineError("invalid-spec", `the address ${address} is not allowed here`);
    },
    clock,
    logger: quietLogger(),
    answerDelayMs: 6_000,
  });
  /** Lets the time pass, look by look, until `seconds` after the start. */
  const passUntil = async (seconds: number) => {
    for (let at = clock.now(); at < start + seconds * 1_000; ) {
      at = Math.min(at + 5_000, start + seconds * 1_000);
      clock.moveTo(at);
      await nextTurn();
      await nextTurn();
    }
  };
  return { clock, reads, process, passUntil };
}

/** The measurement as the controller keeps it: times in whole seconds, everything through JSON. */
export function stored(measurement: Measurement): Measurement {
  const seconds = (time: number | null) => (time === null ? null : Math.floor(time / 1_000) * 1_000);
  const { startedAt, finishedAt, resumeAt } = measurement;
  const kept: Measurement = JSON.parse(JSON.stringify(measurement));
  return {
    ...kept,
    startedAt: seconds(startedAt),
    finishedAt: seconds(finishedAt),
    resumeAt: seconds(resumeAt),
  };
}

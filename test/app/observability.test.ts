import { expect, it } from "vitest";
import { constantAnswers, createGateActs } from "../../src/adapters/flagger/gates/gate-acts.ts";
import { hookTypes } from "../../src/adapters/flagger/hook-call.ts";
import { createGates } from "../../src/analysis/gates/create-gates.ts";
import type { TakeLook } from "../../src/analysis/live/look-queue.ts";
import { createObservability, pathsBeforeExpress } from "../../src/app/observability.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createAmbient } from "../../src/app/tracing/ambient.ts";
import { noTracing } from "../../src/app/tracing/tracing.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { createMemoryGateStore } from "../../src/store/memory/memory-gate-store.ts";
import { metricSamples } from "../support/metric-samples.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { recordOf } from "../support/sample-record.ts";
import { stageTracing } from "./tracing/stage.ts";

it("knows every path that is answered before express", () => {
  const gates = createGates({ store: createMemoryGateStore(), clock: systemClock });
  const acts = createGateActs({ gates, logger: quietLogger() });
  const hooks = hookTypes.map((type) => `/flagger/v1/${type}`);
  expect(pathsBeforeExpress).toEqual(
    new Set(["/flagger/v1", ...hooks, ...constantAnswers.keys(), ...acts.keys()]),
  );
});

it("sees a look of the queue: its span, what is logged and read within, and that it was lost", async () => {
  const { tracing, ambient, received } = await stageTracing();
  const observability = createObservability({
    tracing,
    ambient,
    version: "1.2.3",
    running: () => 0,
    queueDepth: async () => ({ underWay: 0, waiting: 0 }),
    outages: { logger: quietLogger(), clock: systemClock },
  });
  const opened = Promise.withResolvers<TakeLook>();
  const queue = observability.queue({
    open: async (take) => opened.resolve(take),
    expect: () => undefined,
    depth: async () => ({ underWay: 1, waiting: 2 }),
    close: async () => undefined,
  });
  const requests = observability.requestsTo("default");
  const seen: unknown[] = [];
  await queue.open(async () => {
    seen.push(ambient.logFields()["analysis"], requests.traceHeaders());
    throw new Error("the store is away");
  });
  const take = await opened.promise;
  await expect(take("a", true, new AbortController().signal)).rejects.toThrow("away");
  const [look] = await received();
  expect(look).toMatchObject({ name: "look", status: 2, attributes: { "error.type": "internal" } });
  expect(seen).toEqual(["a", { traceparent: `00-${look?.traceId}-${look?.spanId}-01` }]);
  const told = await metricSamples(observability.registry);
  expect(told.get("coalmine_looks_lost_total")).toBe(1);
  expect(told.get("coalmine_look_retries_total")).toBe(1);
  expect(await queue.depth()).toEqual({ underWay: 1, waiting: 2 });
});

it("tells the log once that a source is away, with how many analyses of the queue's looks read it", async () => {
  const lines: unknown[] = [];
  const note = (fields: object, message: string) => void lines.push({ ...fields, message });
  const observability = createObservability({
    ...{ tracing: noTracing, ambient: createAmbient(), version: "1.2.3", running: () => 0 },
    queueDepth: async () => ({ underWay: 0, waiting: 0 }),
    outages: { logger: { ...quietLogger(), warn: note }, clock: systemClock },
  });
  const away = new CoalmineError("source-unavailable", "no connection");
  let isAway = false;
  const read = async () => {
    if (isAway) throw away;
    return { series: [], warnings: [] };
  };
  const sources = observability.sources(
    new Map([["eu", { source: { name: "eu", read }, ingestionDelayMs: 0 }]]),
  );
  const opened = Promise.withResolvers<TakeLook>();
  const queue = observability.queue({
    open: async (take) => opened.resolve(take),
    expect: () => undefined,
    depth: async () => ({ underWay: 0, waiting: 0 }),
    close: async () => undefined,
  });
  const never = new AbortController().signal;
  await queue.open(async () => {
    const reading = sources.get("eu")?.source.read({ metric: "up", matchers: [] }, { from: 0, to: 1 }, never);
    await reading?.catch(() => undefined);
  });
  const take = await opened.promise;
  for (const id of ["a", "b", "c"]) await take(id, false, never);
  observability.observer.ended(recordOf("b", { phase: "done" }).result);
  isAway = true;
  for (const id of ["a", "c"]) await take(id, false, never);
  expect(lines).toMatchObject([{ source: "eu", analyses: 2, why: "no connection" }]);
  expect(await metricSamples(observability.registry)).toContainEqual([
    'coalmine_source_failures_total{source="eu",kind="source-unavailable"}',
    2,
  ]);
});

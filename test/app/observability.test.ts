import { expect, it } from "vitest";
import { constantAnswers, createGateActs } from "../../src/adapters/flagger/gates/gate-acts.ts";
import { hookTypes } from "../../src/adapters/flagger/hook-call.ts";
import { createGates } from "../../src/analysis/gates/create-gates.ts";
import type { TakeLook } from "../../src/analysis/live/look-queue.ts";
import { createObservability, pathsBeforeExpress } from "../../src/app/observability.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createMemoryGateStore } from "../../src/store/memory/memory-gate-store.ts";
import { metricSamples } from "../support/metric-samples.ts";
import { quietLogger } from "../support/quiet-logger.ts";
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

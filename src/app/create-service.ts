import { randomUUID } from "node:crypto";
import { createHttpApp } from "../adapters/http/http-app.ts";
import { measureRequests } from "../adapters/http/http-metrics.ts";
import { listen } from "../adapters/http/listen.ts";
import { createPrometheusApi } from "../adapters/prometheus/prometheus-api.ts";
import { createRestApi } from "../adapters/rest/rest-api.ts";
import { createAnalyses } from "../analysis/analyses.ts";
import type { Logger } from "../base/logger.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { openSources } from "./open-sources.ts";
import { createServiceMetrics } from "./service-metrics.ts";
import type { Settings } from "./settings.ts";
import { systemClock } from "./system-clock.ts";
import { readVersion } from "./version.ts";

/** A server that takes requests. */
export interface Service {
  readonly url: string;
  /**
   * Drains: no new work is taken, analyses stop where they stand, requests under
   * way have `drainMs` to end. Once only; later calls wait for the first.
   */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** 10 s unless given, which fits into the 30 s that Kubernetes gives. */
  readonly drainMs?: number;
}

/** Puts every part together and starts to listen. @throws CoalmineError invalid-settings if the address cannot be had. */
export async function createService({
  settings,
  logger,
  drainMs = 10_000,
}: ServiceOptions): Promise<Service> {
  const version = await readVersion();
  const metrics = createServiceMetrics(() => analyses.running);
  const sources = openSources(settings.sources, systemClock);
  const analyses = createAnalyses({
    store: createMemoryStore({ maxRecords: settings.limits.maxKept }),
    sources: metrics.counted(sources.byName),
    clock: systemClock,
    newId: randomUUID,
    logger,
    limits: { maxRunning: settings.limits.maxRunning },
    observer: metrics.observer,
  });
  let draining = false;
  const isDraining = () => draining;
  const handlers = [
    measureRequests(metrics.registry),
    createRestApi({ analyses, version, isDraining, metrics: metrics.registry }),
    createPrometheusApi({ analyses, clock: systemClock, version, isDraining, logger }),
  ];
  const app = createHttpApp({ handlers, logger });
  const listener = await listen(app, settings.listen).catch(async (error: unknown) => {
    await sources.close();
    throw error;
  });
  await analyses.resume();
  logger.info({ url: listener.url, version, sources: [...sources.byName.keys()] }, "listening");

  async function drain(): Promise<void> {
    draining = true;
    logger.info({ running: analyses.running }, "draining");
    await Promise.all([analyses.close(), listener.close(drainMs)]);
    await sources.close();
    logger.info({}, "stopped");
  }

  let drained: Promise<void> | null = null;
  return {
    url: listener.url,
    close() {
      drained ??= drain();
      return drained;
    },
  };
}

import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { createHttpApp } from "../adapters/http/http-app.ts";
import { measureRequests } from "../adapters/http/http-metrics.ts";
import { listen } from "../adapters/http/listen.ts";
import { createPrometheusApi } from "../adapters/prometheus/prometheus-api.ts";
import { createRestApi } from "../adapters/rest/rest-api.ts";
import { createAnalyses } from "../analysis/analyses.ts";
import { createGates } from "../analysis/gates/create-gates.ts";
import type { Access } from "../base/access.ts";
import type { Logger } from "../base/logger.ts";
import { createMemoryGateStore } from "../store/memory/memory-gate-store.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { createAccess } from "./access-tokens.ts";
import { isLoopback } from "./loopback.ts";
import { openFlagger } from "./open-flagger.ts";
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

/** Puts every part together and starts to listen. @throws CoalmineError invalid-settings if the address or the tokens cannot be had. */
export async function createService({
  settings,
  logger,
  drainMs = 10_000,
}: ServiceOptions): Promise<Service> {
  const version = await readVersion();
  const access = await createAccess(settings.access);
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
  const gates = createGates({ store: createMemoryGateStore(), clock: systemClock });
  const flagger = await openFlagger({ analyses, gates, access, settings, logger });
  let draining = false;
  const isDraining = () => draining;
  const handlers = [
    measureRequests(metrics.registry),
    createRestApi({ analyses, gates, access, version, isDraining, metrics: metrics.registry }),
    createPrometheusApi({ analyses, access, clock: systemClock, version, isDraining, logger }),
  ];
  const app = createHttpApp({ handlers, logger });
  // Flagger's hooks are answered before express: docs/performance.md says what that saves.
  const serve: RequestListener = (request, response) => {
    if (!flagger.handle(request, response)) app(request, response);
  };
  const listener = await listen(serve, settings.listen).catch(async (error: unknown) => {
    await sources.close();
    throw error;
  });
  await analyses.resume();
  await flagger.resume();
  warnIfOpen(access, settings, logger);
  const tokens = settings.access?.tokens.length ?? 0;
  const accessControl = access.isOn ? `on, ${tokens} ${tokens === 1 ? "token" : "tokens"}` : "off";
  logger.info(
    {
      url: listener.url,
      version,
      sources: [...sources.byName.keys()],
      accessControl,
      store: "memory: a restart forgets analyses and gates",
    },
    "listening",
  );

  async function drain(): Promise<void> {
    draining = true;
    logger.info({ running: analyses.running }, "draining");
    await Promise.all([flagger.close(), analyses.close(), listener.close(drainMs)]);
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

function warnIfOpen({ isOn }: Access, { listen: { host } }: Settings, logger: Logger): void {
  if (isOn || isLoopback(host)) return;
  logger.warn(
    { host },
    "access control is off: whoever reaches this address may ask for anything; name tokens under access in the settings",
  );
}

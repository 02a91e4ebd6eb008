import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { createPageGuard } from "../adapters/http/foreign-pages.ts";
import { createHttpApp } from "../adapters/http/http-app.ts";
import { listen } from "../adapters/http/listen.ts";
import { createPrometheusApi } from "../adapters/prometheus/prometheus-api.ts";
import { createRestApi } from "../adapters/rest/rest-api.ts";
import { createAnalyses } from "../analysis/analyses.ts";
import type { Door } from "../analysis/audit/audit-entry.ts";
import { createGates } from "../analysis/gates/create-gates.ts";
import type { Logger } from "../base/logger.ts";
import { openAccess, pageGuardOptions } from "./access/access-control.ts";
import { askedOnce } from "./asked-once.ts";
import { openFlagger } from "./flagger/open-flagger.ts";
import { openGrpcIfWanted } from "./grpc/open-grpc-if-wanted.ts";
import { createObservability } from "./observability.ts";
import { runningLimits, type Settings } from "./settings/settings.ts";
import { openSources } from "./sources/open-sources.ts";
import { openStore } from "./store/open-store.ts";
import { systemClock as clock } from "./system-clock.ts";
import { type Ambient, createAmbient } from "./tracing/ambient.ts";
import { noTracing, type Tracing } from "./tracing/tracing.ts";
import { readVersion } from "./version.ts";

/** A server that takes requests. */
export interface Service {
  readonly url: string;
  /** For gRPC, `127.0.0.1:50051`; null where it is not spoken. */
  readonly grpc: string | null;
  /**
   * Drains: no new work is taken, analyses stop where they stand, requests under
   * way have `drainMs` to end. Once only; later calls wait for the first.
   */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** 8 s unless given: with what is flushed after it a stop takes ten at most. */
  readonly drainMs?: number;
  /** None unless given. */
  readonly tracing?: Tracing;
  readonly ambient?: Ambient;
}

/** What looks under way have to end; most take a tenth of a second. */
const lookGraceMs = 3_000;

/**
 * Puts every part together and starts to listen. What was opened is closed again
 * if a later part cannot be had.
 *
 * @throws CoalmineError invalid-settings if an address, the tokens or the schema of
 *   the database are none that can be used, source-unavailable if the database is away.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const opened = new AsyncDisposableStack();
  try {
    return await open(options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function open(
  { settings, logger, drainMs = 8_000, tracing = noTracing, ambient = createAmbient() }: ServiceOptions,
  opened: AsyncDisposableStack,
): Promise<Service> {
  const version = await readVersion();
  const control = await openAccess({ settings, environment: process.env, clock, logger });
  opened.defer(() => control.close());
  const store = await openStore({ settings, environment: process.env, clock, logger });
  opened.defer(() => store.close());
  const seen = createObservability({
    ...{ tracing, ambient, version },
    outages: { logger, clock },
    running: () => analyses.running(),
    queueDepth: () => store.queue.depth(),
  });
  const access = seen.access(control);
  const sources = openSources(settings.sources, { clock, requestsTo: seen.requestsTo });
  opened.defer(() => sources.close());
  const analyses = createAnalyses({
    store: seen.store("analyses", store.analyses),
    queue: seen.queue(store.queue),
    sources: seen.sources(sources.byName),
    ...{ clock, newId: randomUUID, logger },
    limits: runningLimits(settings),
    observer: seen.observer,
  });
  opened.defer(() => analyses.close(lookGraceMs));
  const gates = createGates({ store: seen.store("gates", store.gates), clock });
  const releases = seen.store("releases", store.releases);
  const audit = seen.store("audit", store.audit);
  const { isShared } = store;
  const flagger = await openFlagger({ analyses, gates, releases, isShared, access, settings, logger });
  opened.defer(() => flagger.close());

  let draining = false;
  const isDraining = () => draining;
  const metrics = seen.registry;
  const checkStore = askedOnce(store.check, clock);
  const through = (door: Door) => ({ analyses: analyses.askedBy({ door }), access });
  const handlers = [
    createRestApi({ ...through("rest"), gates, audit, version, isDraining, metrics, checkStore }),
    createPrometheusApi({ ...through("prometheus"), clock, version, isDraining, logger }),
  ];
  const app = createHttpApp({ handlers, logger });
  const isForeignPage = createPageGuard(pageGuardOptions(settings.listen, access));
  // Flagger's hooks are answered before express: docs/performance.md says what that saves.
  const serve: RequestListener = (request, response) => {
    if (isForeignPage(request, response)) return;
    if (!flagger.handle(request, response)) app(request, response);
  };
  const requests = seen.listener(serve);
  // Listens before HTTP: who sees that the server is ready may ask by either.
  const grpc = await openGrpcIfWanted({
    ...through("grpc"),
    ...{ settings, logger, metrics, isDraining, tracing, ambient },
    sources: sources.byName,
  });
  opened.defer(() => grpc?.close(drainMs));
  const listener = await listen(requests, settings.listen);
  opened.defer(() => listener.close(drainMs));

  const resumed = await analyses.resume();
  await flagger.resume();
  control.announce();
  const { url } = listener;
  const address = grpc?.address ?? null;
  const names = [...sources.byName.keys()];
  const told = { url, grpc: address, version, sources: names, accessControl: control.told };
  logger.info({ ...told, store: store.title, resumed }, "listening");

  async function drain(): Promise<void> {
    draining = true;
    logger.info({}, "draining");
    await Promise.all([
      flagger.close(),
      analyses.close(lookGraceMs),
      listener.close(drainMs),
      grpc?.close(drainMs),
    ]);
    await Promise.all([sources.close(), control.close(), store.close()]);
    logger.info({}, "stopped");
  }

  let drained: Promise<void> | null = null;
  return {
    url,
    grpc: address,
    close() {
      drained ??= drain();
      return drained;
    },
  };
}

/** What is seen of a server from outside: its metrics, and the spans of its traces, around its parts. */
import type { RequestListener } from "node:http";
import type { Registry } from "prom-client";
import { hookTypes } from "../adapters/flagger/hook-call.ts";
import { measuredListener } from "../adapters/http/measured-listener.ts";
import type { LookQueue } from "../analysis/live/look-queue.ts";
import type { AnalysisObserver } from "../analysis/live/observer.ts";
import type { NamedSource } from "../analysis/pick-sources.ts";
import type { Access } from "../base/access.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { createServiceMetrics, type ServiceMetricsOptions } from "./metrics/service-metrics.ts";
import { createSourceOutages } from "./sources/source-outages.ts";
import type { Ambient } from "./tracing/ambient.ts";
import { tracedListener } from "./tracing/traced-listener.ts";
import { tracedLooks, tracedObserver, tracedSources } from "./tracing/traced-ports.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** Each of its methods takes a part of the server and gives the same part back, seen from outside. */
export interface Observability {
  readonly registry: Registry;
  readonly observer: AnalysisObserver;
  /** What goes with the requests to a source of this name. */
  requestsTo(source: string): SourceRequests;
  sources(sources: ReadonlyMap<string, NamedSource>): ReadonlyMap<string, NamedSource>;
  /** @param kind what it keeps, for instance `analyses`. */
  store<T extends object>(kind: string, store: T): T;
  queue(queue: LookQueue): LookQueue;
  access(access: Access): Access;
  /** Once only. */
  listener(listener: RequestListener): RequestListener;
}

/** As {@link createPrometheusSource} takes them. */
export interface SourceRequests {
  readonly traceHeaders: () => Readonly<Record<string, string>>;
  readonly onRetry: () => void;
}

export interface ObservabilityOptions extends ServiceMetricsOptions {
  readonly tracing: Tracing;
  readonly ambient: Ambient;
  /** Where it is told that a source is away, and back. */
  readonly outages: { readonly logger: Logger; readonly clock: Clock };
}

/** The paths of Flagger's webhooks and of the load tester's gates, which are answered before express. */
export const pathsBeforeExpress: ReadonlySet<string> = new Set([
  "/flagger/v1",
  ...hookTypes.map((type) => `/flagger/v1/${type}`),
  ...["/gate/approve", "/gate/halt", "/gate/check", "/gate/open", "/gate/close"],
  ...["/rollback/check", "/rollback/open", "/rollback/close"],
]);

export function createObservability({
  tracing,
  ambient,
  outages: told,
  ...options
}: ObservabilityOptions): Observability {
  const metrics = createServiceMetrics(options);
  const outages = createSourceOutages({ ...told, ambient });
  const observer: AnalysisObserver = {
    started: (result) => metrics.started(result),
    looked: (result, timing) => metrics.looked(result, timing),
    ended(result) {
      metrics.ended(result);
      outages.ended(result.id);
    },
  };
  return {
    registry: metrics.registry,
    observer: tracedObserver(observer, tracing),
    requestsTo: (source) => ({
      traceHeaders: () => tracing.headers(),
      onRetry: () => metrics.sourceRetried(source),
    }),
    sources: (sources) => {
      const measured = metrics.measuredSources(sources);
      return tracedSources(outages.watched(measured), tracing);
    },
    store: (kind, store) => metrics.measuredStore(kind, store),
    queue: (queue) => ({
      open: (take) => queue.open(tracedLooks(metrics.countedLooks(take), tracing, ambient)),
      expect: (due) => queue.expect(due),
      depth: () => queue.depth(),
      close: (graceMs) => queue.close(graceMs),
    }),
    access: (access) => metrics.countedAccess(access),
    listener: (listener) =>
      measuredListener(
        metrics.registry,
        pathsBeforeExpress,
        tracedListener(listener, pathsBeforeExpress, tracing, ambient),
      ),
  };
}

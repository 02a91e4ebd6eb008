import { Registry } from "prom-client";
import type { LookQueue } from "../../analysis/live/look-queue.ts";
import { type AccessMetrics, createAccessMetrics } from "./access-metrics.ts";
import { type AnalysisMetrics, createAnalysisMetrics } from "./analysis-metrics.ts";
import { createProcessMetrics } from "./process-metrics.ts";
import { createSourceMetrics, type SourceMetrics } from "./source-metrics.ts";
import { createStoreMetrics, type StoreMetrics } from "./store-metrics.ts";

export interface ServiceMetricsOptions {
  /** Of the product. */
  readonly version: string;
  /** How many analyses run; asked at each scrape, which waits a second for it. */
  readonly running: () => number | Promise<number>;
  /** Asked at each scrape, too. */
  readonly queueDepth: LookQueue["depth"];
}

/** The server's own numbers, and what counts them. docs/metrics.md tells each; a test holds it to the code. */
export interface ServiceMetrics extends AnalysisMetrics, SourceMetrics, StoreMetrics, AccessMetrics {
  readonly registry: Registry;
}

export function createServiceMetrics({
  version,
  running,
  queueDepth,
}: ServiceMetricsOptions): ServiceMetrics {
  const registry = new Registry();
  createProcessMetrics(registry, version, queueDepth);
  return {
    registry,
    ...createAnalysisMetrics(registry, running),
    ...createSourceMetrics(registry),
    ...createStoreMetrics(registry),
    ...createAccessMetrics(registry),
  };
}

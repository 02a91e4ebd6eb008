/** Live analyses, by the clock on the wall, of services that a real Prometheus scrapes and a proxy brings into trouble. */
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { type Fault, startFaultProxy } from "../../support/fault-proxy.ts";
import { seeded } from "../../support/seeded.ts";
import { judgeNow, lastOf, sourceAt } from "../judge-real.ts";
import { metricsOfAMinute } from "../live-services.ts";

export interface Trouble {
  readonly name: string;
  /** What befalls a query at this second since the start; null is none. */
  readonly faultAt: (second: number, random: () => number) => Fault | null;
}

/** What came of a good and a bad canary, and what it cost the proxy. */
export interface Troubled {
  readonly good: AnalysisResult;
  readonly bad: AnalysisResult;
  readonly faults: number;
  readonly mostConnections: number;
  readonly bytesPoured: number;
}

export const megabyte = 1024 * 1024;

/** Judges both at once over one source, which is closed at the end. */
export async function runTroubled(
  prometheusUrl: string,
  { faultAt }: Trouble,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<Troubled> {
  const proxy = await startFaultProxy(prometheusUrl);
  const source = sourceAt(proxy.url, {
    timeoutMs: 1_000,
    retryBudgetMs: 2_000,
    maxResponseBytes: megabyte,
  });
  const began = Date.now();
  const random = seeded(1);
  proxy.use(() => faultAt((Date.now() - began) / 1_000, random));
  const judged = async (version: string) =>
    (await lastOf(judgeNow(source, { ...liveSpec(version), ...spec }))).result;
  try {
    const [good, bad] = await Promise.all([judged("good"), judged("bad")]);
    const { faults, mostConnections, bytesPoured } = proxy;
    return { good, bad, faults, mostConnections, bytesPoured };
  } finally {
    await source.close();
    await proxy.close();
  }
}

/** A version of the shop against v1: ten minutes' looks in 45 s. */
export function liveSpec(version: string) {
  return {
    service: "shop",
    telemetry: "http",
    cohorts: { canary: { version }, baseline: { version: "v1" } },
    metrics: metricsOfAMinute,
    interval: "1s",
    tick: "3s",
    warmup: "2s",
    duration: "45s",
    sourceTimeout: "60s",
  };
}

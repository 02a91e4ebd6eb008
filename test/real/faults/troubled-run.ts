/** Live analyses, by the clock on the wall, of services that a real Prometheus scrapes and a proxy brings into trouble. */
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import type { AnalysisStep } from "../../../src/analysis/run/step.ts";
import { type Fault, startFaultProxy } from "../../support/fault-proxy.ts";
import { seeded } from "../../support/seeded.ts";
import { judgeNow, lastOf, sourceAt } from "../judge-real.ts";
import { looksOfAMinute, metricsOfAMinute } from "../live-services.ts";
import { closedByClient } from "./closed-by-client.ts";

export interface Trouble {
  readonly name: string;
  /** What befalls a query at this second since the start; null is none. Under way are analyses that have had an answer. */
  readonly faultAt: (second: number, random: () => number, areUnderWay: boolean) => Fault | null;
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

const versions = ["good", "bad"] as const;

/** Judges both at once over one source, which is closed at the end. @throws Error if that leaves a connection open. */
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
  const underWay = new Set<string>();
  proxy.use(() => faultAt((Date.now() - began) / 1_000, random, underWay.size === versions.length));
  const judged = async (version: (typeof versions)[number]) => {
    const steps = judgeNow(source, { ...liveSpec(version), ...spec });
    const note = ({ state }: AnalysisStep) => state.consumedTo !== null && underWay.add(version);
    return (await lastOf(steps, note)).result;
  };
  try {
    const [good, bad] = await Promise.all([judged("good"), judged("bad")]).finally(() => source.close());
    await closedByClient(proxy);
    const { faults, mostConnections, bytesPoured } = proxy;
    return { good, bad, faults, mostConnections, bytesPoured };
  } finally {
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
    ...looksOfAMinute,
    duration: "45s",
    sourceTimeout: "60s",
  };
}

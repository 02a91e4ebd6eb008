/** The whole server over sources that can be brought into trouble one by one, and what a caller sees of it. */
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { openTogether } from "../../support/open-together.ts";
import { startCoalmineServer } from "../coalmine-server.ts";
import { liveSpec } from "./troubled-run.ts";

/** A server under way, with a source for each name. */
export interface TroubledServer {
  /** Of a source, as the server knows it. */
  urlOf(source: string): string;
  /** What befalls the queries of a source from now on. */
  trouble(source: string, fault: Fault | null): void;
  /** Starts the analysis of a version over a source and answers its id. */
  start(version: string, source: string, spec?: Readonly<Record<string, unknown>>): Promise<string>;
  resultOf(id: string): Promise<AnalysisResult>;
  /** The reads that a source did not answer, as `/metrics` counts them. */
  failuresOf(source: string): Promise<number>;
  isReady(): Promise<boolean>;
  /** The lines of its log that name a source or its address. */
  linesNaming(source: string): readonly string[];
  close(): Promise<void>;
}

/** @param timeouts of each source, by its name: how long it is waited for, in milliseconds. */
export async function startTroubledServer(
  prometheusUrl: string,
  timeouts: Readonly<Record<string, number>>,
): Promise<TroubledServer> {
  const names = Object.keys(timeouts);
  return await openTogether(async (opened) => {
    const proxies = new Map<string, FaultProxy>();
    for (const name of names) {
      const proxy = await startFaultProxy(prometheusUrl);
      opened.defer(() => proxy.close());
      proxies.set(name, proxy);
    }
    const proxyOf = (name: string) => {
      const proxy = proxies.get(name);
      if (proxy === undefined) throw new RangeError(`no source ${name}`);
      return proxy;
    };
    const common = { kind: "prometheus", ingestionDelay: "1s", retryBudgetMs: 1_000 };
    const sources = Object.entries(timeouts).map(([name, timeoutMs]) => [
      name,
      { ...common, timeoutMs, url: proxyOf(name).url },
    ]);
    const server = await startCoalmineServer({ sources: Object.fromEntries(sources) });
    opened.defer(() => server.close());

    return {
      urlOf: (source) => proxyOf(source).url,
      trouble: (source, fault) => proxyOf(source).use(() => fault),
      async start(version, source, spec = {}) {
        const body = JSON.stringify({ ...liveSpec(version), source, ...spec });
        const headers = { "content-type": "application/json" };
        const response = await fetch(`${server.url}/v1/analyses`, { method: "POST", headers, body });
        return (await resultIn(response, 202)).id;
      },
      resultOf: async (id) => await resultIn(await fetch(`${server.url}/v1/analyses/${id}`), 200),
      async failuresOf(source) {
        const page = await (await fetch(`${server.url}/metrics`)).text();
        const lines = page.matchAll(/^coalmine_source_failures_total\{(.*)\} (\d+)$/gm);
        const own = [...lines].filter(([, labels = ""]) => labels.includes(`source="${source}"`));
        return own.reduce((sum, [, , count]) => sum + Number(count), 0);
      },
      isReady: async () => (await fetch(`${server.url}/readyz`)).status === 200,
      linesNaming(source) {
        const lines = server.log().split("\n");
        return lines.filter((line) => line.includes(proxyOf(source).url) || line.includes(`"${source}"`));
      },
      close: () => opened.disposeAsync(),
    };
  });
}

async function resultIn(response: Response, status: number): Promise<AnalysisResult> {
  const body = await response.text();
  if (response.status !== status) throw new Error(`it answered ${response.status}: ${body}`);
  return JSON.parse(body) as AnalysisResult;
}

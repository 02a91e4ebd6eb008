/** The REST API on 127.0.0.1 over runs that the test moves by hand. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { createHttpApp } from "../../../src/adapters/http/http-app.ts";
import { listen } from "../../../src/adapters/http/listen.ts";
import { measuredListener } from "../../../src/adapters/http/measured-listener.ts";
import { createRestApi, type RestApiOptions } from "../../../src/adapters/rest/rest-api.ts";
import { type Analyses, createAnalyses } from "../../../src/analysis/analyses.ts";
import { createGates } from "../../../src/analysis/gates/create-gates.ts";
import type { SampleSource } from "../../../src/analysis/ports.ts";
import { judgeCounts } from "../../../src/analysis/run/judge-counts.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { noAccessControl } from "../../../src/base/access.ts";
import { createMemoryAudit } from "../../../src/store/memory/memory-audit.ts";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { immediateQueue } from "../../support/immediate-queue.ts";
import { type QuietLogger, quietLogger } from "../../support/quiet-logger.ts";
import { specDocument } from "../../support/sample-record.ts";
import { type ScriptedRun, type ScriptedRuns, scriptedRuns } from "../../support/scripted-runs.ts";

export interface RestServer {
  readonly url: string;
  readonly analyses: Analyses;
  readonly script: ScriptedRuns;
  readonly logger: QuietLogger;
  /** Sends a request; a `json` body goes out as JSON. */
  ask(method: string, path: string, body?: { readonly json: unknown } | RequestInit): Promise<Response>;
  /** Starts an analysis whose first look is taken at once; resolves to its answer. */
  start(method?: string, path?: string, document?: unknown): Promise<Response>;
}

/** Closed after the test. */
export async function serveRest(
  options: Partial<RestApiOptions> & { readonly prepare?: (run: ScriptedRun) => void } = {},
): Promise<RestServer> {
  const script = scriptedRuns(options.prepare);
  const logger = quietLogger();
  const source: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };
  let ids = 0;
  const audit = createMemoryAudit();
  const analyses = createAnalyses({
    store: createMemoryStore({ maxRecords: 10_000, audit }),
    queue: immediateQueue(systemClock),
    sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
    clock: systemClock,
    newId: () => `id-${++ids}`,
    logger,
    runs: { ...script.runs, judgeCounts },
  }).askedBy({ door: "rest" });
  await analyses.resume();
  const registry = new Registry();
  const gates = createGates({ store: createMemoryGateStore({ audit }), clock: systemClock });
  const api = createRestApi({
    analyses,
    gates,
    audit,
    access: noAccessControl,
    version: "1.2.3",
    isDraining: () => false,
    metrics: registry,
    checkStore: async () => undefined,
    ...options,
  });
  const app = createHttpApp({ handlers: [api], logger });
  const listener = await listen(measuredListener(registry, new Set(), app), { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await analyses.close();
    await listener.close(0);
  });

  const ask: RestServer["ask"] = async (method, path, body = {}) => {
    const init =
      "json" in body
        ? { body: JSON.stringify(body.json), headers: { "content-type": "application/json" } }
        : body;
    return await fetch(`${listener.url}${path}`, { method, ...init });
  };
  return {
    url: listener.url,
    analyses,
    script,
    logger,
    ask,
    async start(method = "POST", path = "/v1/analyses", document = specDocument) {
      const before = script.opened.length;
      const answering = ask(method, path, { json: document });
      let isAnswered = false;
      void answering.finally(() => {
        isAnswered = true;
      });
      while (script.opened.length === before && !isAnswered) await nextTurn();
      script.opened[before]?.look();
      return await answering;
    },
  };
}

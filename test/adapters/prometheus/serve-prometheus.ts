/** The endpoint on 127.0.0.1 over runs that the test moves by hand. */
import { onTestFinished } from "vitest";
import { createHttpApp } from "../../../src/adapters/http/http-app.ts";
import { listen } from "../../../src/adapters/http/listen.ts";
import { createPrometheusApi } from "../../../src/adapters/prometheus/prometheus-api.ts";
import { type Analyses, createAnalyses } from "../../../src/analysis/analyses.ts";
import type { SampleSource } from "../../../src/analysis/ports.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { type Access, noAccessControl } from "../../../src/base/access.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { immediateQueue } from "../../support/immediate-queue.ts";
import { type QuietLogger, quietLogger } from "../../support/quiet-logger.ts";
import { type ScriptedRun, type ScriptedRuns, scriptedRuns } from "../../support/scripted-runs.ts";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  /** JSON as it came, or text. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface PrometheusServer {
  readonly url: string;
  readonly analyses: Analyses;
  readonly script: ScriptedRuns;
  readonly logger: QuietLogger;
  /** Asks as Flagger does: a GET with nothing but the query. */
  query(text: string, parameters?: Readonly<Record<string, string>>): Promise<Answer>;
  ask(path: string, init?: RequestInit): Promise<Answer>;
  /** Moves the server's clock. */
  forward(ms: number): void;
}

export interface ServeOptions {
  /** Told of each run that is opened; without one its first look is taken at once. */
  readonly prepare?: (run: ScriptedRun) => void;
  readonly isDraining?: () => boolean;
  readonly answerWithinMs?: number;
  readonly access?: Access;
}

/** Closed after the test. */
export async function servePrometheus(options: ServeOptions = {}): Promise<PrometheusServer> {
  const {
    prepare = (run) => run.look(),
    isDraining = () => false,
    answerWithinMs,
    access = noAccessControl,
  } = options;
  const script = scriptedRuns(prepare);
  const logger = quietLogger();
  const source: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };
  let ahead = 0;
  const clock: Clock = {
    now: () => systemClock.now() + ahead,
    until: (time, signal) => systemClock.until(time - ahead, signal),
  };
  let ids = 0;
  const analyses = createAnalyses({
    store: createMemoryStore({ maxRecords: 10_000 }),
    queue: immediateQueue(clock),
    sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
    clock,
    newId: () => `id-${++ids}`,
    logger,
    runs: script.runs,
  });
  await analyses.resume();
  const api = createPrometheusApi({
    analyses,
    access,
    clock,
    version: "1.2.3",
    isDraining,
    logger,
    ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
  });
  const listener = await listen(createHttpApp({ handlers: [api], logger }), { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await analyses.close();
    await listener.close(0);
  });

  const ask: PrometheusServer["ask"] = async (path, init) => {
    const response = await fetch(`${listener.url}/prometheus${path}`, init);
    const body = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: isJson ? JSON.parse(body) : body };
  };
  return {
    url: listener.url,
    analyses,
    script,
    logger,
    ask,
    query: (query, parameters = {}) => ask(`/api/v1/query?${new URLSearchParams({ query, ...parameters })}`),
    forward(ms) {
      ahead += ms;
    },
  };
}

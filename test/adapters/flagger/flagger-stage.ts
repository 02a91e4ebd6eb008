/** Flagger's webhooks over runs, a clock and gates that the test moves by hand. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { CanaryEvent } from "../../../src/adapters/flagger/canary-events.ts";
import {
  createFlaggerApi,
  type FlaggerApi,
  type FlaggerApiOptions,
} from "../../../src/adapters/flagger/flagger-api.ts";
import type { HookType } from "../../../src/adapters/flagger/hook-call.ts";
import type { ChooseSpec } from "../../../src/adapters/flagger/spec/spec-choice.ts";
import { createHttpApp } from "../../../src/adapters/http/http-app.ts";
import { type Listener, listen } from "../../../src/adapters/http/listen.ts";
import { type Analyses, type AnalysesLimits, createAnalyses } from "../../../src/analysis/analyses.ts";
import { createGates } from "../../../src/analysis/gates/create-gates.ts";
import type { Gates } from "../../../src/analysis/gates/gates.ts";
import type { AnalysisStore, ReleaseStore, SampleSource } from "../../../src/analysis/ports.ts";
import { noAccessControl } from "../../../src/base/access.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { createMemoryReleaseStore } from "../../../src/store/memory/memory-release-store.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { createManualClock, type ManualClock } from "../../sources/scrape/manual-clock.ts";
import { immediateQueue } from "../../support/immediate-queue.ts";
import { specOf } from "../../support/sample-record.ts";
import { type ScriptedRuns, scriptedRuns } from "../../support/scripted-runs.ts";
import { inject } from "./inject.ts";

const start = Date.UTC(2026, 0, 1, 20);
export const minute = 60_000;

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** What Flagger sends, besides the type; the Canary is shop/checkout, the phase Progressing, the revision r1. */
export interface Sent {
  readonly name?: string;
  readonly namespace?: string;
  readonly phase?: string;
  readonly checksum?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface FlaggerStage {
  readonly api: FlaggerApi;
  readonly analyses: Analyses;
  readonly gates: Gates;
  readonly releases: ReleaseStore;
  readonly script: ScriptedRuns;
  readonly clock: ManualClock;
  readonly log: readonly LogLine[];
  /** What the Canaries were told: reason and message. */
  readonly told: (CanaryEvent & { readonly canary: string })[];
  readonly url: string;
  /** Calls a webhook, and answers once the loops of the analyses have come to rest. */
  call(hook: HookType, sent?: Sent): Promise<Answer>;
  /** Over a connection of its own; `inject` does without one. */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  inject(path: string, body: string): Promise<Answer>;
  /** Lets the newest run end so. */
  end(verdict: "pass" | "fail" | "inconclusive", text?: string): Promise<void>;
  forward(ms: number): Promise<void>;
}

export interface StageOptions extends Partial<FlaggerApiOptions> {
  readonly limits?: Partial<AnalysesLimits>;
  readonly store?: AnalysisStore;
  /** What the webhooks get in place of the analyses. */
  readonly wrap?: (analyses: Analyses) => FlaggerApiOptions["analyses"];
  /** Whether `call` goes over HTTP; without a connection unless so. */
  readonly isConnected?: boolean;
}

/** Closed after the test. */
export async function flaggerStage(options: StageOptions = {}): Promise<FlaggerStage> {
  const clock = createManualClock(start);
  let others = 0;
  const script = scriptedRuns();
  const log: LogLine[] = [];
  const write = (level: LogLine["level"]) => (fields: LogLine["fields"], message: string) =>
    void log.push({ level, fields, message });
  const logger = { info: write("info"), warn: write("warn"), error: write("error") };
  const source: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };
  const analyses = createAnalyses({
    store: options.store ?? createMemoryStore({ maxRecords: 1_000_000 }),
    queue: immediateQueue(clock),
    sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
    clock,
    newId: () => `of-somebody-else-${++others}`,
    logger,
    limits: options.limits ?? {},
    runs: script.runs,
  });
  void analyses.resume();
  const gates = createGates({ store: createMemoryGateStore(), clock });
  const releases = options.releases ?? createMemoryReleaseStore();
  const told: FlaggerStage["told"] = [];
  const api = createFlaggerApi({
    analyses: options.wrap?.(analyses) ?? analyses,
    gates,
    releases,
    chooseSpec: chooseByKeys,
    access: noAccessControl,
    events: {
      tell: ({ namespace, name }, event) => void told.push({ ...event, canary: `${namespace}/${name}` }),
    },
    clock,
    logger,
    ...options,
  });
  const app = createHttpApp({ handlers: [], logger });
  const listener: Listener = await listen(
    (request, response) => {
      if (!api.handle(request, response)) app(request, response);
    },
    { host: "127.0.0.1", port: 0 },
  );
  onTestFinished(async () => {
    api.close();
    await analyses.close();
    await listener.close(0);
  });

  const post: FlaggerStage["post"] = async (path, body, headers = {}) => {
    const response = await fetch(`${listener.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await nextTurn();
  };
  return {
    api,
    analyses,
    gates,
    releases,
    script,
    clock,
    log,
    told,
    url: listener.url,
    post,
    inject: (path, body) => inject(api.handle, path, body),
    async call(hook, sent = {}) {
      const canary = { name: "checkout", namespace: "shop", phase: "Progressing", checksum: "r1" };
      const body = JSON.stringify({ ...canary, ...sent });
      const path = `/flagger/v1/${hook}`;
      const answer = await (options.isConnected === true ? post(path, body) : inject(api.handle, path, body));
      await settle();
      return answer;
    },
    async end(verdict, text = `${verdict} it is`) {
      const code = (
        { pass: "not-worse", fail: "worse-than-baseline", inconclusive: "underpowered" } as const
      )[verdict];
      const decidedAt = new Date(clock.now()).toISOString();
      script.last.look({ phase: "done", verdict, decidedAt, reason: { code, text } });
      await settle();
    },
    async forward(ms) {
      clock.moveTo(clock.now() + ms);
      await settle();
    },
  };
}

/** Takes the keys service, duration, source, onInconclusive and holdTimeout (in milliseconds); `spec: missing` is not to be found. */
export const chooseByKeys: ChooseSpec = async ({ canary, metadata }) => {
  const { service, duration, source, spec, onInconclusive, holdTimeout, ...rest } = metadata;
  if (spec !== undefined) throw new CoalmineError("not-found", 'no spec is called "missing"; known: none');
  const said = { service, duration, source, onInconclusive, holdTimeout };
  const document = {
    service: service ?? canary.name,
    namespace: canary.namespace,
    ...(duration === undefined ? {} : { duration }),
    ...(source === undefined ? {} : { source }),
  };
  return {
    spec: specOf(document),
    options: {
      onInconclusive: onInconclusive === "rollback" || onInconclusive === "promote" ? onInconclusive : "hold",
      holdTimeoutMs: Number(holdTimeout ?? 60 * minute),
    },
    isSaid: Object.values(said).some((value) => value !== undefined),
    unknownKeys: Object.keys(rest).map((key) => `${key}: unknown key`),
  };
};

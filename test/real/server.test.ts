/** The server as a process, between a real Prometheus and HTTP clients. */
import { text } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import { freePort } from "../servers/free-port.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { type CoalmineProcess, openWorkFolder, type WorkFolder } from "./coalmine-process.ts";
import { expectFailedOn } from "./failed-on.ts";
import { untilSeen } from "./judge-real.ts";
import { bad, good, type LiveServices, metricsOfAMinute, startLiveServices } from "./live-services.ts";
import { baseline, blocksOf, canary, pastService, startedAt, truthOf } from "./past-services.ts";

const identical = pastService("identical", [baseline, canary()]);
const worse = pastService("ten-times-errors", [baseline, canary({ errorRate: 0.05 })]);

let services: LiveServices;
let prometheus: RunningPrometheus;
let folder: WorkFolder;
let server: RunningServer;

beforeAll(async () => {
  services = await startLiveServices("shop", { v1: good, bad }, 150);
  prometheus = await startPrometheus({
    scrapeConfigs: services.scrapeConfigs,
    blocksFrom: blocksOf([...identical, ...worse]),
  });
  folder = openWorkFolder();
  server = await startServer(prometheus.url);
  // Past their warm-up, as the server sees them.
  await untilSeen(prometheus.url, ["v1", "bad"]);
});

afterAll(async () => {
  await folder.close();
  await prometheus.stop();
  await services.close();
});

describe("the server over a real Prometheus", () => {
  it("runs an analysis that is posted, and tells every look and then the verdict as events", async () => {
    const started = await server.send("POST", "/v1/analyses", liveSpec("45s"));
    expect(started.status).toBe(202);
    const path = started.location ?? "";
    expect(path).toBe(`/v1/analyses/${started.body.id}`);

    const { stream, events: told } = await eventsOf(`${server.url}${path}/events`);
    const looksBefore = countIn(await metricsOf(server));
    expect(stream).toContain("text/event-stream");
    const events = await told;
    const metrics = await metricsOf(server);
    // One for where it stood, then one for each look.
    expect(countIn(metrics)).toBeGreaterThan(looksBefore);
    expect(events.length).toBeGreaterThan(countIn(metrics) - looksBefore);
    expect(new Set(events.slice(0, -1).map(({ event }) => event))).toEqual(new Set(["look"]));
    const last = events.at(-1);
    expect(last?.event).toBe("verdict");
    expectFailedOn("errors", last?.data);

    const kept = await server.send("GET", path);
    expect(kept.body).toEqual(last?.data);
    expect(metrics).toMatch(/^coalmine_verdicts_total\{verdict="fail",reason_code="[a-z-]+"\} 1$/m);
  });

  it("starts one analysis a key, however often and at once it is put", async () => {
    const put = (duration: string) => server.send("PUT", "/v1/analyses/shop-42", liveSpec(duration));
    const answers = await Promise.all([put("5m"), put("5m"), put("5m")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await put("6m")).status).toBe(409);

    const cancelled = await server.send("POST", "/v1/analyses/shop-42/cancel");
    expect(cancelled.body).toMatchObject({ phase: "cancelled", reason: { code: "cancelled" } });
    const again = await put("5m");
    expect(again).toMatchObject({ status: 200, body: { id: answers[0]?.body.id, phase: "cancelled" } });
  });

  it("judges a past window at once, to the last request", async () => {
    const passed = await judged("identical");
    expect(passed).toMatchObject({ status: 200, body: { verdict: "pass" } });
    expect(passed.body.metrics[0]).toMatchObject({
      canary: truthOf(identical, "v2", 10),
      baseline: truthOf(identical, "v1", 10),
    });
    expect(await judged("ten-times-errors")).toMatchObject({ status: 200, body: { verdict: "fail" } });
    const unknown = await judged("nobody");
    expect(unknown.body).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(unknown.body.reason.text).toContain('service="nobody"');
  });

  it("refuses a bad spec with every problem and its path", async () => {
    const spec = { ...pastSpec("identical"), duraton: "10m", tick: "soon", metrics: [{ kind: "eror" }] };
    const { status, problems } = await server.send("POST", "/v1/analyses", spec);
    expect(status).toBe(400);
    expect(problems.map(({ path }) => path).sort()).toEqual(["duraton", "metrics.0.kind", "tick"]);
  });

  it("refuses cohorts that share a series as soon as it sees them", async () => {
    const cohorts = { canary: { selector: 'pod=~".+"' }, baseline: { version: "v1" } };
    const { status, problems } = await server.send("POST", "/v1/analyses", {
      ...liveSpec("45s"),
      cohorts,
    });
    expect(status).toBe(400);
    expect(problems).toMatchObject([{ path: "cohorts", message: expect.stringContaining("overlap") }]);
  });
});

describe("the server without its Prometheus", () => {
  it("answers 503 to a past window, and ends what runs as inconclusive source-unavailable", async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const alone = await startServer(away);
    const window = { spec: pastSpec("identical"), from: new Date(startedAt).toISOString() };
    const asked = await alone.send("POST", "/v1/judge", window);
    expect(asked.status).toBe(503);
    expect(asked.text).toContain(away);

    const started = await alone.send("POST", "/v1/analyses", { ...liveSpec("45s"), sourceTimeout: "4s" });
    expect(started).toMatchObject({ status: 202, body: { phase: "running", verdict: null } });
    const events = await (await eventsOf(`${alone.url}${started.location}/events`)).events;
    const { event, data } = events.at(-1) ?? {};
    expect(event).toBe("verdict");
    expect(data).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
    expect(data?.reason.text).toContain(away);
  });
});

describe("the server on SIGTERM", () => {
  it("ends its event streams, takes no more work and exits 0", async () => {
    const ending = await startServer(prometheus.url);
    const { location } = await ending.send("POST", "/v1/analyses", liveSpec("5m"));
    const response = await fetch(`${ending.url}${location}/events`);
    const stream = text(response.body as ReadableStream);
    ending.process.send("SIGTERM");
    const events = parseEvents(await stream);
    expect(events.length).toBeGreaterThan(0);
    expect(events.map(({ data }) => data.phase)).not.toContain("done");
    expect((await ending.process.ended).code).toBe(0);
    await expect(ending.send("POST", "/v1/analyses", liveSpec("5m"))).rejects.toThrow("fetch failed");
    const told = logOf(ending.process).map(({ msg }) => msg);
    expect(told).toContain("draining");
    expect(told.at(-1)).toBe("stopped");
  });
});

/** `bad` against v1, a look a second. */
function liveSpec(duration: string) {
  return {
    service: "shop",
    telemetry: "http",
    cohorts: { canary: { version: "bad" }, baseline: { version: "v1" } },
    metrics: metricsOfAMinute,
    interval: "1s",
    tick: "3s",
    warmup: "2s",
    duration,
  };
}

function pastSpec(service: string) {
  return { service, telemetry: "http", cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } } };
}

function judged(service: string): Promise<Answer> {
  const from = new Date(startedAt).toISOString();
  return server.send("POST", "/v1/judge", { spec: pastSpec(service), from });
}

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly body: AnalysisResult;
  /** Of a problem document. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

interface RunningServer {
  readonly url: string;
  readonly process: CoalmineProcess;
  send(method: string, path: string, body?: unknown): Promise<Answer>;
}

async function startServer(prometheusUrl: string): Promise<RunningServer> {
  const limits = { retryBudgetMs: 1_000, timeoutMs: 5_000 };
  const source = { kind: "prometheus", url: prometheusUrl, ingestionDelay: "1s", ...limits };
  const settings = { listen: { port: 0 }, sources: { default: source } };
  const name = `server-${new URL(prometheusUrl).port}.yaml`;
  const process = folder.start("server", ["--config", folder.write(name, JSON.stringify(settings))]);
  const listening = await vi.waitFor(
    () => {
      const line = logOf(process).find(({ msg }) => msg === "listening");
      if (line === undefined) throw new Error(`the server does not listen:\n${process.printed.stderr}`);
      return line;
    },
    { timeout: 30_000 },
  );
  const { url } = listening;
  const headers = { "content-type": "application/json" };
  return {
    url,
    process,
    async send(method, path, body) {
      const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(`${url}${path}`, init);
      const answer = await response.text();
      const json = JSON.parse(answer);
      const { status } = response;
      const location = response.headers.get("location");
      return { status, location, text: answer, body: json, problems: json.problems ?? [] };
    },
  };
}

/** Its log so far, which is a line of JSON each. */
function logOf({ printed }: CoalmineProcess): readonly { readonly msg: string; readonly url: string }[] {
  const lines = printed.stderr.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as { msg: string; url: string });
}

interface Event {
  readonly event: string;
  readonly data: AnalysisResult;
}

/** The type of the stream once it has begun, and all its events once it has ended. */
async function eventsOf(url: string) {
  const response = await fetch(url);
  return {
    stream: response.headers.get("content-type"),
    events: response.text().then(parseEvents),
  };
}

async function metricsOf({ url }: RunningServer): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}

/** Looks that the server has taken, by its metrics. */
function countIn(metrics: string): number {
  return Number(/^coalmine_look_duration_seconds_count (\d+)$/m.exec(metrics)?.[1]);
}

function parseEvents(stream: string): readonly Event[] {
  return [...stream.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, event = "", data = ""]) => ({
    event,
    data: JSON.parse(data) as AnalysisResult,
  }));
}

import pino from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { startFakePrometheus } from "../support/fake-prometheus.ts";
import { specDocument } from "../support/sample-record.ts";

const logger = pino({ level: "silent" });

async function serve(file: Readonly<Record<string, unknown>> = {}) {
  const settings = readSettings({ listen: { port: 0 }, database: { kind: "memory" }, ...file }, {});
  const service = await createService({ settings, logger, drainMs: 1_000 });
  onTestFinished(() => service.close());
  return service;
}

async function post(url: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: Object(await response.json()) };
}

/** Two versions behind Istio, twenty requests a second each; the canary's share of errors is the test's. */
function shop(from: number, to: number, errorRate: number) {
  return (["v1", "v2"] as const).flatMap((version) =>
    (["200", "500"] as const).map((code) => {
      const bad = version === "v2" ? errorRate : 0.001;
      const perSecond = 20 * (code === "500" ? bad : 1 - bad);
      const samples: [number, number][] = [];
      for (let time = from; time <= to; time += 5_000) {
        samples.push([time, Math.round((perSecond * (time - from)) / 1_000)]);
      }
      const labels = {
        __name__: "istio_requests_total",
        reporter: "destination",
        destination_service_name: "checkout",
        destination_canonical_service: "checkout",
        destination_workload: `checkout-${version}`,
        destination_workload_namespace: "shop",
        destination_service_namespace: "shop",
        destination_version: version,
        destination_canonical_revision: version,
        pod: `checkout-${version}-0`,
        instance: `10.0.0.${version === "v2" ? 2 : 1}:15020`,
        response_code: code,
      };
      return { labels, samples };
    }),
  );
}

it("judges a past window of a Prometheus, and fails the canary that is worse", async () => {
  const to = Date.now() - 60_000;
  const from = to - 600_000;
  const prometheus = await startFakePrometheus();
  onTestFinished(() => prometheus.close());
  prometheus.hold(...shop(from - 300_000, to + 30_000, 0.2));
  const { url } = await serve({ sources: { default: { kind: "prometheus", url: prometheus.url } } });
  const spec = { ...specDocument, warmup: "0s", metrics: [{ name: "errors", kind: "errors", compare: {} }] };
  const answer = await post(`${url}/v1/judge`, {
    spec,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({
    status: 200,
    body: { phase: "done", verdict: "fail" },
  });
});

it("starts an analysis, tells of it, and counts it", async () => {
  const prometheus = await startFakePrometheus();
  onTestFinished(() => prometheus.close());
  const { url } = await serve({ sources: { default: { kind: "prometheus", url: prometheus.url } } });
  const started = await post(`${url}/v1/analyses`, specDocument);
  expect(started).toMatchObject({ status: 202, body: { phase: "running" } });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("coalmine_analyses_running 1");
  expect(metrics).toContain("coalmine_look_duration_seconds_count 1");
  const cancelled = await post(`${url}/v1/analyses/${started.body.id}/cancel`, {});
  expect(cancelled.body).toMatchObject({ phase: "cancelled" });
  const after = await (await fetch(`${url}/metrics`)).text();
  expect(after).toContain("coalmine_analyses_running 0");
  expect(after).toContain('coalmine_verdicts_total{verdict="inconclusive",reason_code="cancelled"} 1');
});

it("counts reads that fail by source, and does not count them as verdicts", async () => {
  const prometheus = await startFakePrometheus();
  await prometheus.close();
  const source = { kind: "prometheus", url: prometheus.url, retryBudgetMs: 0 };
  const { url } = await serve({ sources: { default: source } });
  const answer = await post(`${url}/v1/judge`, { spec: specDocument });
  expect(answer).toMatchObject({ status: 503, body: { code: "source-unavailable" } });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(
    /coalmine_source_failures_total\{source="default",kind="source-unavailable"\} [1-9]/,
  );
});

it("names the sources there are when a spec names another", async () => {
  const { url } = await serve();
  const answer = await post(`${url}/v1/analyses`, specDocument);
  expect(answer).toMatchObject({
    status: 400,
    body: { code: "invalid-spec", problems: [{ path: "source" }] },
  });
});

it("closes in bounded time while streams are open and analyses run, once for all who ask", async () => {
  const prometheus = await startFakePrometheus();
  onTestFinished(() => prometheus.close());
  const service = await serve({ sources: { default: { kind: "prometheus", url: prometheus.url } } });
  const { body } = await post(`${service.url}/v1/analyses`, specDocument);
  const stream = await fetch(`${service.url}/v1/analyses/${body.id}/events`);
  const watched = stream.text();
  await Promise.all([service.close(), service.close()]);
  expect(await watched).toContain("event: look");
  await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
});

it("says so when the address is taken", async () => {
  const { url } = await serve();
  const taken = serve({ listen: { port: Number(new URL(url).port) } });
  await expect(taken).rejects.toMatchObject({
    code: "invalid-settings",
    message: expect.stringContaining("EADDRINUSE"),
  });
});

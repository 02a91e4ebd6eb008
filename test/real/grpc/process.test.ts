/** The server as a process, over TLS with tokens and a database file: its three services called by clients in Go and Python. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../../servers/free-port.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { type FakePrometheus, type FakeSeries, startFakePrometheus } from "../../support/fake-prometheus.ts";
import { type CoalmineServer, startCoalmineServer } from "../coalmine-server.ts";
import { answerOf, detailsOf, type Flags, type GrpcClient, goClient, pythonClient } from "./grpc-clients.ts";

const ofShop = "the-token-of-the-shop";
const ofBank = "the-token-of-the-bank";

const folder = mkdtempSync(join(tmpdir(), "coalmine-grpc-"));
const pem = (name: string) => join(folder, name);
let prometheus: FakePrometheus;
let server: CoalmineServer;
let address: string;

beforeAll(async () => {
  prometheus = await startFakePrometheus();
  prometheus.hold(...counted(Date.now()));
  prometheus.hideFuture();
  const make = certificatesIn(folder);
  await make.createAuthority("authority");
  await make.createCertificate("server", "authority", "subjectAltName=IP:127.0.0.1");
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  server = await startCoalmineServer({
    sources: { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "1s" } },
    access: {
      tokens: [
        { name: "shop", token: ofShop, namespaces: ["shop"] },
        { name: "bank", token: ofBank, namespaces: ["bank"] },
      ],
    },
    grpc: { port, tls: { certFile: pem("server.pem"), keyFile: pem("server.key") } },
  });
});

afterAll(async () => {
  await server?.close();
  await prometheus?.close();
  rmSync(folder, { recursive: true });
});

/** Two stable pods, and a canary of one that fails a request in ten: ten minutes ago to in an hour, a scrape a second. */
function counted(now: number): readonly FakeSeries[] {
  const [from, seconds] = [now - 600_000, 4_200];
  const counter = (pod: string, code: string, rate: number): FakeSeries => ({
    labels: { __name__: "http_requests_total", namespace: "shop", service: "checkout", pod, status: code },
    samples: Array.from({ length: seconds }, (_, at) => [from + at * 1_000, Math.floor(rate * at)] as const),
  });
  return [
    ...["a", "b"].flatMap((pod) => [
      counter(`checkout-5c8f-${pod}`, "200", 99.8),
      counter(`checkout-5c8f-${pod}`, "500", 0.2),
    ]),
    counter("checkout-6bd9-a", "200", 90),
    counter("checkout-6bd9-a", "500", 10),
  ];
}

const cohorts = {
  canary: { selector: 'pod=~"checkout-6bd9-.*"' },
  baseline: { selector: 'pod=~"checkout-5c8f-.*"' },
};
const quick = {
  telemetry: "http",
  cohorts,
  metrics: [{ name: "errors", kind: "errors" }],
  ...{ duration: "20s", interval: "1s", tick: "2s", warmup: "0s" },
};
const spec = { service: "checkout", namespace: "shop", ...quick };

const held = (token: string): Flags => ({
  ca: pem("authority.pem"),
  authorization: `Bearer ${token}`,
});

describe.each([
  ["Go", goClient],
  ["Python", pythonClient],
] as const)("a client in %s", (language, prepare) => {
  let call: GrpcClient;
  beforeAll(async () => {
    call = await prepare();
  });

  const ask = async (method: string, request?: unknown, token = ofShop): Promise<unknown> =>
    await answerOf(call(address, method, request, held(token)));

  it("starts an analysis, watches it to its verdict, and finds it again when the server was killed meanwhile", async () => {
    const key = `release-${language}`;
    expect(await ask("Start", { spec, key })).toMatchObject({ created: true });
    const watching = call(address, "Watch", { id: key }, held(ofShop));
    expect(await watching.status).toMatchObject({ code: "OK" });
    const verdict = { phase: "PHASE_DONE", verdict: "VERDICT_FAIL" };
    expect(watching.messages.at(-1)).toMatchObject({ analysis: verdict });
    await server.kill();
    await server.start();
    expect(await ask("Get", { id: key })).toMatchObject({ analysis: verdict });
    expect(await ask("List", { service: "checkout" })).toMatchObject({
      analyses: expect.arrayContaining([expect.objectContaining({ spec: expect.anything() })]),
    });
    expect(await ask("Cancel", { id: key })).toMatchObject({ analysis: verdict });
    expect(await ask("Judge", { spec })).toMatchObject({ analysis: { verdict: "VERDICT_FAIL" } });
  });

  it("measures as Argo's metric plugin does, on through the server's death", async () => {
    const uid = `run-of-${language}`;
    const metadata = { uid, name: "checkout-6bd9-2", namespace: "shop", creationTimestamp: now() };
    const objects = {
      run: {
        metadata: { ...metadata, labels: { "rollouts-pod-template-hash": "6bd9" } },
        spec: {},
        status: {},
      },
      metric: {
        name: "coalmine",
        provider: { plugin: { "coalmine/analysis": { service: "checkout", ...quick } } },
      },
    };
    const begun = await ask("Metric.Run", objects);
    expect(begun).toMatchObject({
      phase: "Running",
      startedAt: expect.stringMatching(/Z$/),
      resumeAt: expect.stringMatching(/Z$/),
      metadata: { analysis: expect.stringMatching(`^shop/${uid}/coalmine/`) },
    });
    await server.kill();
    await server.start();
    let measurement = begun;
    await vi.waitFor(
      async () => {
        measurement = await ask("Metric.Resume", { ...objects, measurement });
        expect(measurement).toMatchObject({
          phase: "Failed",
          message: expect.stringContaining("errors: canary"),
        });
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(measurement).toMatchObject({ startedAt: Object(begun).startedAt });
    expect(await ask("Metric.Terminate", { ...objects, measurement })).toMatchObject({ phase: "Failed" });
    expect(await ask("Metric.GarbageCollect", objects)).toEqual({});
    expect(await ask("Metric.GetMetadata", { metric: objects.metric })).toMatchObject({
      engine: expect.stringMatching(/^coalmine /),
    });
    expect(await ask("Metric.Type")).toBe("coalmine");
    expect(await ask("Metric.InitPlugin")).toEqual({});
  });

  it("steps as Argo's step plugin does", async () => {
    const rollout = {
      metadata: { uid: `rollout-of-${language}`, name: "checkout", namespace: "shop" },
      spec: { progressDeadlineSeconds: 600, strategy: { canary: { steps: [{}, {}] } } },
      status: { stableRS: "5c8f", currentPodHash: "6bd9", currentStepIndex: 1 },
    };
    const step = { rollout, config: { ...quick, cohorts: undefined } };
    const begun = await ask("Step.Run", step);
    expect(begun).toMatchObject({
      Phase: "Running",
      RequeueAfter: expect.any(Number),
      Status: { verdict: "running", analysis: expect.stringMatching(`^rollout-of-${language}/6bd9/step-1/`) },
    });
    expect(Object(begun).RequeueAfter).toBeGreaterThan(10e9);
    const status = Object(begun).Status;
    await vi.waitFor(
      async () => {
        const next = await ask("Step.Run", { ...step, status });
        expect(next).toMatchObject({ Phase: "Failed", Status: { verdict: "fail" } });
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(await ask("Step.Abort", { ...step, status })).toMatchObject({ Phase: "Successful" });
    expect(await ask("Step.Terminate", { ...step, status })).toMatchObject({ Phase: "Successful" });
    expect(await ask("Step.Type")).toBe("coalmine");
    expect(await ask("Step.InitPlugin")).toEqual({});
  });

  it("is refused what is not its namespace's, without a token, and what is no object", async () => {
    const run = { metadata: { uid: "u", name: "n", namespace: "shop" }, spec: {}, status: {} };
    const metric = { name: "coalmine", provider: { plugin: { x: quick } } };
    const refused = async (request: unknown, flags: Flags) =>
      await call(address, "Metric.Run", request, flags).status;
    expect(await refused({ run, metric }, held(ofBank))).toMatchObject({ code: "PERMISSION_DENIED" });
    const { authorization: _none, ...stranger } = held(ofBank);
    expect(await refused({ run, metric }, stranger)).toMatchObject({ code: "UNAUTHENTICATED" });
    const wrong = await refused({ run: { ...run, metadata: {} }, metric }, held(ofShop));
    expect(wrong.code).toBe("INVALID_ARGUMENT");
    expect(detailsOf(wrong)).toMatchObject({
      BadRequest: {
        fieldViolations: expect.arrayContaining([
          expect.objectContaining({ field: "AnalysisRun.metadata.uid" }),
        ]),
      },
    });
    for (const service of ["coalmine.v1.MetricPluginService", "coalmine.v1.StepPluginService"])
      expect(await ask("Health", { service })).toEqual({ status: "SERVING" });
  });

  it("finds the plugin services by reflection", async () => {
    expect(await ask("Reflect")).toMatchObject({
      services: expect.arrayContaining(["coalmine.v1.MetricPluginService", "coalmine.v1.StepPluginService"]),
    });
  });
});

function now(): string {
  return new Date().toISOString();
}

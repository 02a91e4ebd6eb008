/** The plugin services of a server over real connections: who may ask for what, and what a remote plugin makes of what it meets. */
import { readFileSync, writeFileSync } from "node:fs";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { createMetricProvider } from "../../../src/adapters/argo-rollouts/metric-measurements.ts";
import type { MeasurementRequest } from "../../../src/adapters/argo-rollouts/metric-provider.ts";
import { createGrpcServer, type GrpcServerOptions } from "../../../src/adapters/grpc/grpc-server.ts";
import { restrictAnalyses } from "../../../src/analysis/restricted-analyses.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { openRemoteProviders } from "../../../src/app/argo-plugin/remote-providers.ts";
import { serverSettings } from "../../../src/app/argo-plugin/server-settings.ts";
import { openGrpcPlugins } from "../../../src/app/grpc/open-grpc-plugins.ts";
import { type Access, noAccessControl } from "../../../src/base/access.ts";
import { requestOf, rollout, stage } from "../../adapters/argo-rollouts/provider-stage.ts";
import { accessOf, callerNamed } from "../../support/access-of.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();

/** Long enough for a server's token. */
const shopToken = "the-token-of-the-shop";
const bankToken = "the-token-of-the-bank";
const allToken = "the-token-of-argo-rollouts";
const access = accessOf({
  [shopToken]: ["shop"],
  [bankToken]: ["bank"],
  [allToken]: ["shop", "bank"],
  "may-only-read-there": { namespaces: ["shop"], scopes: ["read"] },
});

/** Templates that name their pods need no cluster. */
const cohorts = {
  canary: { selector: 'pod=~"checkout-6bd9-.*"' },
  baseline: { selector: 'pod=~"checkout-5c8f-.*"' },
};
const request = requestOf({ cohorts });
const inBank: MeasurementRequest = { ...request, run: { ...request.run, namespace: "bank" } };

async function serve(settings: { readonly access?: Access } & Partial<GrpcServerOptions> = {}) {
  const { access: of = noAccessControl, ...options } = settings;
  const { follower: analyses } = stage().process();
  const logger = quietLogger();
  const plugins = await openGrpcPlugins({
    ...{ analyses, access: of, logger, kubernetes: undefined, environment: {} },
    sources: new Map([["default", { ingestionDelayMs: 5_000 }]]),
  });
  const server = await createGrpcServer({
    ...{ analyses, access: of, logger, metrics: new Registry(), isDraining: () => false },
    services: plugins.services,
    ...options,
  });
  onTestFinished(async () => {
    await server.close(0);
    await plugins.close();
  });
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  return { analyses, logger, server, port };
}

/** The plugin's providers, with this token or none. */
async function pluginOf(port: number, token: string | null = null, settings: object = {}) {
  if (token !== null) writeFileSync(folder.path("token"), `${token}\n`);
  const file = token === null ? {} : { tokenFile: folder.path("token") };
  const url = `http://127.0.0.1:${port}`;
  return await openRemoteProviders(serverSettings.parse({ url, ...file, ...settings }), quietLogger());
}

describe("a measurement", () => {
  it("is the server's analysis, under an id of the run's namespace", async () => {
    const { port, analyses } = await serve({ access });
    const { metric } = await pluginOf(port, shopToken);
    const measurement = await metric.run(request);
    expect(measurement).toMatchObject({ phase: "Running", finishedAt: null });
    const { analysis = "" } = measurement.metadata;
    expect(analysis).toMatch(/^shop\/run-1\/coalmine\/2026-/);
    expect((await analyses.get(analysis)).result).toMatchObject({ namespace: "shop", service: "checkout" });
    expect(await metric.resume(request, measurement)).toMatchObject({ metadata: { analysis } });
    expect(await metric.metadata(request.metric)).toMatchObject({
      engine: expect.stringContaining("coalmine"),
    });
    await expect(metric.garbageCollect(request, 10)).resolves.toBeUndefined();
    expect(await metric.terminate(request, measurement)).toMatchObject({ phase: "Inconclusive" });
    expect((await analyses.get(analysis)).result.phase).toBe("cancelled");
  });

  it("that needs the cluster is told what leads there", async () => {
    const { port } = await serve();
    const { metric } = await pluginOf(port);
    expect(await metric.run(requestOf())).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("kubernetes.server"),
    });
  });

  it("reads the server's sources only, at no address", async () => {
    const { port } = await serve();
    const { metric } = await pluginOf(port);
    expect(await metric.run(requestOf({ cohorts, source: "http://inside:9090" }))).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining('no source is called "http://inside:9090"'),
    });
  });
});

describe("a caller", () => {
  it.each([
    ["none", null, "UNAUTHENTICATED"],
    ["one that is not known", "the-token-of-nobody-here", "UNAUTHENTICATED"],
    ["one of another namespace", bankToken, "PERMISSION_DENIED"],
    ["one that may only read", "may-only-read-there", "PERMISSION_DENIED"],
  ])("with a token, %s, begins nothing", async (_, token, status) => {
    const { port, analyses } = await serve({ access });
    const { metric, step } = await pluginOf(port, token);
    const refused = { phase: "Running", message: expect.stringContaining(`does not answer: ${status}: `) };
    expect(await metric.run(request)).toMatchObject(refused);
    expect(await step.run({ rollout, config: "{}", status: "" })).toMatchObject(refused);
    expect(await analyses.list({ limit: 10 })).toEqual([]);
  });

  it("decides nothing of another namespace's run, whatever it calls its own", async () => {
    const { port, analyses } = await serve({ access });
    const bank = await pluginOf(port, bankToken);
    await bank.metric.run(inBank);
    // The id that the shop's run will have, as a key: of an analysis that somebody else may write.
    const spec = parseSpec({ service: "x", namespace: "bank", telemetry: "http", cohorts });
    const key = "shop/run-1/coalmine/2026-01-01T00:00:00.000Z";
    await restrictAnalyses(analyses, callerNamed("bank", { namespaces: ["bank"] })).put(key, spec);
    const argo = await pluginOf(port, allToken);
    const measurement = await argo.metric.run(request);
    expect(measurement.metadata["analysis"]).toBe(key);
    const records = await analyses.list({ namespace: "shop", limit: 10 });
    expect(records.map(({ id }) => id)).toEqual([key]);
    await argo.metric.terminate(request, measurement);
    const [ofKey] = await analyses.list({ namespace: "bank", service: "x", limit: 1 });
    expect(ofKey?.result.phase).toBe("running");
  });
});

describe("a server that does not answer", () => {
  const nobody = 9;

  it("leaves a measurement Running, with all that it had", async () => {
    const { metric } = await pluginOf(nobody);
    const first = await metric.run(request);
    expect(first).toMatchObject({
      phase: "Running",
      message: expect.stringMatching(
        /^the Coalmine server http:\/\/127.0.0.1:9 is away: .*asked again in 10 s$/,
      ),
      startedAt: request.run.createdAt,
      finishedAt: null,
    });
    expect(first.resumeAt).toBeGreaterThan(Date.now());
    const before = { ...first, value: "62", metadata: { state: "1.abc", analysis: "a" } };
    const again = await metric.resume(request, before);
    expect(again).toMatchObject({
      phase: "Running",
      value: "62",
      metadata: { state: "1.abc", analysis: "a" },
    });
    const since = Date.now() - 601_000;
    const waiting = { ...before.metadata, waitingSince: new Date(since).toISOString() };
    expect(await metric.resume(request, { ...before, metadata: waiting })).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("is away"),
    });
    expect(await metric.terminate(request, before)).toMatchObject({ phase: "Inconclusive" });
    expect(await metric.metadata(request.metric)).toEqual({});
    await expect(metric.garbageCollect(request, 1)).resolves.toBeUndefined();
  });

  it("leaves a step Running with the status it had, and lets it be aborted", async () => {
    const { step } = await pluginOf(nobody);
    const asked = { rollout, config: "{}", status: '{"state":"a"}' };
    const running = await step.run(asked);
    expect(running).toMatchObject({ phase: "Running", status: null });
    expect(running.requeueAfterMs).toBeGreaterThan(10_000);
    expect(await step.abort(asked)).toMatchObject({ phase: "Successful" });
    expect(await step.terminate(asked)).toMatchObject({ phase: "Successful" });
  });

  it("is asked again when it is back, and the measurement goes on from its state", async () => {
    const first = await serve();
    const begun = await createMetricProvider({
      ...stage().process(),
      follower: first.analyses,
    }).run(request);
    const { metric } = await pluginOf(first.port);
    await first.server.close(0);
    const away = await metric.resume(request, begun);
    expect(away).toMatchObject({ phase: "Running", message: expect.stringContaining("is away") });
    const second = await serve();
    const { metric: later } = await pluginOf(second.port);
    const back = await later.resume(request, away);
    expect(back).toMatchObject({ phase: "Running", startedAt: begun.startedAt });
    expect(back.metadata).not.toHaveProperty("waitingSince");
    expect(back.metadata["analysis"]).toMatch(/^shop\/run-1/);
  });

  it("is told by the word that a draining server says", async () => {
    const { port } = await serve({ isDraining: () => true });
    const { metric } = await pluginOf(port);
    expect(await metric.run(request)).toMatchObject({
      phase: "Running",
      message: expect.stringContaining("is away: the server is shutting down; call again"),
    });
  });
});

describe("over TLS", () => {
  async function certificates() {
    const make = certificatesIn(folder.path());
    await make.createAuthority("authority");
    await make.createCertificate("server", "authority", "subjectAltName=DNS:localhost");
    await make.createCertificate("client", "authority", "extendedKeyUsage=clientAuth");
    const [certificate, key, clientAuthority] = ["server.pem", "server.key", "authority.pem"].map((name) =>
      readFileSync(folder.path(name)),
    );
    if (certificate === undefined || key === undefined) throw new TypeError("no certificate");
    return { certificate, key, clientAuthority: clientAuthority ?? null };
  }

  it("is answered to the token and the certificate of the settings, read anew when they change", async () => {
    const { port } = await serve({ access, tls: await certificates() });
    const held = { certFile: folder.path("client.pem"), keyFile: folder.path("client.key") };
    const url = `https://localhost:${port}`;
    const settings = { url, caFile: folder.path("authority.pem"), ...held };
    const { metric } = await pluginOf(port, bankToken, settings);
    expect(await metric.run(request)).toMatchObject({
      message: expect.stringContaining("PERMISSION_DENIED"),
    });
    writeFileSync(folder.path("token"), shopToken);
    await expect.poll(async () => (await metric.run(request)).metadata).toHaveProperty("analysis");
    const without = await pluginOf(port, shopToken, { url, caFile: settings.caFile });
    expect(await without.metric.run(request)).toMatchObject({ message: expect.stringContaining("is away") });
  });
});

describe("what a plugin is told of its settings", () => {
  it.each([
    [
      { tokenFile: "/nowhere/token" },
      "server.tokenFile: /nowhere/token cannot be read: there is no such file",
    ],
    [{ url: "https://localhost:1", caFile: "/nowhere/ca" }, "server.caFile: /nowhere/ca cannot be read"],
  ])("%j", async (settings, message) => {
    await expect(pluginOf(1, null, settings)).rejects.toThrow(message);
  });

  it("names the file of a token that is none, and quotes nothing of it", async () => {
    const failing = pluginOf(1, "s3cret of two lines\nand more");
    await expect(failing).rejects.toThrow(/server.tokenFile: .*one word of ASCII/);
    await expect(failing).rejects.not.toThrow("s3cret");
  });
});

/** Clients generated from proto/ in two languages call every method, and meet every kind of failure. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { replay } from "../../../src/analysis/run/replay.ts";
import { serveGrpc } from "../../adapters/grpc/serve-grpc.ts";
import { accessOf } from "../../support/access-of.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { specDocument } from "../../support/sample-record.ts";
import { sourceOf, syntheticService } from "../../support/synthetic-service.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";
import { answerOf, detailsOf, type GrpcClient, goClient, pythonClient } from "./grpc-clients.ts";

const spec = specDocument;
const specText = stringify(spec);
const atOnce = { prepare: (run: { look(): void }) => run.look() };
const counts = { canary: { total: 10_000, bad: 500 }, baseline: { total: 10_000, bad: 50 } };

describe.each([
  ["Go", goClient],
  ["Python", pythonClient],
] as const)("a client in %s", (_, prepare) => {
  let call: GrpcClient;
  beforeAll(async () => {
    call = await prepare();
  });

  it("starts an analysis of a document or of text, gets, lists and cancels it", async () => {
    const { address } = await serveGrpc(atOnce);
    const started = {
      created: true,
      analysis: { id: "id-1", phase: "PHASE_RUNNING", spec: { service: "checkout" } },
    };
    expect(await answerOf(call(address, "Start", { spec, key: "shop/checkout@7" }))).toMatchObject(started);
    expect(await answerOf(call(address, "Start", { specText }))).toMatchObject({ analysis: { id: "id-2" } });
    const again = await answerOf(call(address, "Start", { specText, key: "shop/checkout@7" }));
    expect(again).toMatchObject({ analysis: { id: "id-1" } });
    expect(again).not.toHaveProperty("created");
    expect(await answerOf(call(address, "Get", { id: "shop/checkout@7" }))).toMatchObject({
      analysis: { id: "id-1", startedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await answerOf(call(address, "Cancel", { id: "id-2" }))).toMatchObject({
      analysis: { phase: "PHASE_CANCELLED", verdict: "VERDICT_INCONCLUSIVE", reason: { code: "cancelled" } },
    });
    const list = { namespace: "shop", phase: "PHASE_RUNNING", limit: 10 };
    expect(await answerOf(call(address, "List", list))).toMatchObject({ analyses: [{ id: "id-1" }] });
  });

  it("watches an analysis to its verdict", async () => {
    const { address, client, script } = await serveGrpc(atOnce);
    await client.ask("Start", { specText });
    const watching = call(address, "Watch", { id: "id-1" });
    await expect.poll(() => watching.messages.length).toBe(1);
    script.last.look({ ticks: 1 });
    await expect.poll(() => watching.messages.length).toBe(2);
    script.last.pass();
    expect(await watching.status).toMatchObject({ code: "OK" });
    expect(watching.messages).toMatchObject([
      { analysis: { phase: "PHASE_RUNNING" } },
      { analysis: { phase: "PHASE_RUNNING", ticks: 1 } },
      { analysis: { phase: "PHASE_DONE", verdict: "VERDICT_PASS", reason: { code: "not-worse" } } },
    ]);
  });

  it("judges counts, ticks and a past window", async () => {
    const startedAt = Date.UTC(2026, 0, 1, 12);
    const cohort = { version: "v1", pods: 2, requestsPerSecond: 20, errorRate: 0.002, latency: 0.02 };
    const cohorts = [cohort, { ...cohort, version: "v2", errorRate: 0.03 }];
    const source = sourceOf(syntheticService({ startedAt, seconds: 600, history: 600, cohorts }));
    const { address } = await serveGrpc({ source, replay });
    const failed = { phase: "PHASE_DONE", verdict: "VERDICT_FAIL", reason: { code: "worse-than-baseline" } };
    const judged = await answerOf(call(address, "Judge", { spec, counts }));
    expect(judged).toMatchObject({
      analysis: {
        ...failed,
        metrics: [{ kind: "METRIC_KIND_ERRORS", canary: { total: 10_000, bad: 500, rate: 0.05 } }],
      },
    });
    const ticks = { ticks: Array.from({ length: 10 }, () => ({ metrics: { errors: counts } })) };
    expect(await answerOf(call(address, "Judge", { specText, ticks }))).toMatchObject({ analysis: failed });
    const window = {
      from: new Date(startedAt).toISOString(),
      to: new Date(startedAt + 600_000).toISOString(),
    };
    const past = call(address, "Judge", {
      spec: { ...spec, namespace: undefined, telemetry: "http", warmup: "0s" },
      window,
    });
    expect(await answerOf(past)).toMatchObject({ analysis: failed });
  });

  it("reads what was wrong with a request", async () => {
    const { address } = await serveGrpc(atOnce);
    const wrong = await call(address, "Start", { spec: { ...spec, tick: "never", tik: "1m" } }).status;
    expect(wrong.code).toBe("INVALID_ARGUMENT");
    expect(detailsOf(wrong)).toMatchObject({
      ErrorInfo: { reason: "INVALID_SPEC", domain: "coalmine", metadata: { code: "invalid-spec" } },
      BadRequest: { fieldViolations: expect.arrayContaining([expect.objectContaining({ field: "tick" })]) },
    });
    await call(address, "Start", { spec, key: "k" }).status;
    const taken = await call(address, "Start", { spec: { ...spec, duration: "20m" }, key: "k" }).status;
    expect(taken).toMatchObject({
      code: "ALREADY_EXISTS",
      message: expect.stringContaining("take a new key"),
    });
    const missing = await call(address, "Get", { id: "no-such" }).status;
    expect(missing).toMatchObject({ code: "NOT_FOUND", message: 'no analysis has the id or key "no-such"' });
    expect(detailsOf(missing)).toMatchObject({ ErrorInfo: { reason: "NOT_FOUND" } });
    const unwatched = await call(address, "Watch", { id: "no-such" }).status;
    expect(detailsOf(unwatched)).toMatchObject({ ErrorInfo: { reason: "NOT_FOUND" } });
  });

  it("reads as much as fits of very many problems", async () => {
    const { address } = await serveGrpc();
    const keys = Array.from({ length: 300 }, (_key, index) => [`ключ-${index}-${"x".repeat(40)}`, 1]);
    const status = await call(address, "Start", { spec: { ...spec, ...Object.fromEntries(keys) } }).status;
    expect(status.code).toBe("INVALID_ARGUMENT");
    const told: readonly { description: string }[] = Object(detailsOf(status)["BadRequest"]).fieldViolations;
    expect(told.at(-1)?.description).toMatch(/^and \d+ more problems$/);
  });

  it("is told to ask again while the server drains", async () => {
    const { address } = await serveGrpc({ isDraining: () => true });
    const status = await call(address, "List").status;
    expect(status.code).toBe("UNAVAILABLE");
    expect(detailsOf(status)).toMatchObject({ RetryInfo: { retryDelay: "5s" } });
  });

  it("stops a judgement by its deadline, and a watch by leaving", async () => {
    const { address, client, script } = await serveGrpc({
      prepare: (run) => void (run.options.id === "id-1" && run.look()),
    });
    await client.ask("Start", { specText });
    const left = await call(address, "Watch", { id: "id-1" }, { take: "1" }).status;
    expect(left.code).toBe("CANCELLED");
    const late = await call(address, "Judge", { spec }, { deadline: "3s" }).status;
    expect(late.code).toBe("DEADLINE_EXCEEDED");
    await expect.poll(() => script.last.options.signal.aborted).toBe(true);
  });

  it("is refused a message that is too large, and told of an answer that is", async () => {
    const { address, client } = await serveGrpc({ ...atOnce, maxMessageBytes: 8_000 });
    const long = await call(address, "Start", { specText: `# ${"x".repeat(10_000)}\n${specText}` }).status;
    expect(long.code).toBe("RESOURCE_EXHAUSTED");
    for (let started = 0; started < 8; started++) await client.ask("Start", { specText });
    const answer = await call(address, "List").status;
    expect(answer).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: expect.stringContaining("ask for less"),
    });
  });

  it("needs a token of its namespace", async () => {
    const access = accessOf({ "shop-secret": ["shop"], "bank-secret": ["bank"] });
    const { address } = await serveGrpc({ ...atOnce, access });
    const start = (authorization: string) => call(address, "Start", { spec }, { authorization }).status;
    expect(await call(address, "Start", { spec }).status).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await start("Bearer nobody")).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await start("Bearer bank-secret")).toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await start("Bearer shop-secret")).toMatchObject({ code: "OK" });
    expect(await start(`Basic ${btoa("me:shop-secret")}`)).toMatchObject({ code: "OK" });
  });

  it("probes the server without a token, and hears when it closes", async () => {
    const { address, server } = await serveGrpc({ access: accessOf({}) });
    for (const service of ["", "coalmine.v1.AnalysisService"]) {
      expect(await answerOf(call(address, "Health", { service }))).toEqual({ status: "SERVING" });
    }
    expect(await call(address, "Health", { service: "no.such" }).status).toMatchObject({ code: "NOT_FOUND" });
    const watching = call(address, "HealthWatch", { service: "" });
    await expect.poll(() => watching.messages.length).toBe(1);
    await server.close(60_000);
    expect((await watching.status).code).toBe("UNAVAILABLE");
    expect(watching.messages).toEqual([{ status: "SERVING" }, { status: "NOT_SERVING" }]);
  });

  it("finds the contract by reflection", async () => {
    const { address } = await serveGrpc({ access: accessOf({}) });
    expect(await answerOf(call(address, "Reflect"))).toEqual({
      services: expect.arrayContaining(["coalmine.v1.AnalysisService", "grpc.health.v1.Health"]),
      methods: {
        Start: ["spec", "spec_text", "key"],
        Get: ["id"],
        List: ["service", "namespace", "phase", "limit"],
        Cancel: ["id"],
        Watch: ["id"],
        Judge: ["spec", "spec_text", "window", "counts", "ticks"],
      },
    });
  });

  describe("over TLS with client certificates", () => {
    const folder = useTemporaryFolder();

    it("is served with a certificate of the authority, and by no other way", async () => {
      const make = certificatesIn(folder.path());
      await make.createAuthority("authority");
      await make.createAuthority("stranger");
      await make.createCertificate("server", "authority", "subjectAltName=IP:127.0.0.1");
      await make.createCertificate("client", "authority", "extendedKeyUsage=clientAuth");
      await make.createCertificate("intruder", "stranger", "extendedKeyUsage=clientAuth");
      const [certificate, key, clientAuthority] = await Promise.all(
        ["server.pem", "server.key", "authority.pem"].map((name) => readFile(folder.path(name))),
      );
      if (certificate === undefined || key === undefined) throw new TypeError("no certificate");
      const { address } = await serveGrpc({
        tls: { certificate, key, clientAuthority: clientAuthority ?? null },
      });

      const ca = folder.path("authority.pem");
      const held = (name: string) => ({
        ca,
        cert: folder.path(`${name}.pem`),
        key: folder.path(`${name}.key`),
      });
      expect(await call(address, "List", {}, held("client")).status).toMatchObject({ code: "OK" });
      for (const flags of [{}, { ca }, held("intruder"), { ca: folder.path("stranger.pem") }]) {
        const status = await call(address, "List", {}, { deadline: "60s", ...flags }).status;
        expect(status.code).toBe("UNAVAILABLE");
      }
    });
  });
});

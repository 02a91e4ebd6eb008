/** The audit of a server, through every door that it has: who asked, and once for each change. */
import { DatabaseSync } from "node:sqlite";
import pino from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeStruct } from "../../src/adapters/grpc/struct.ts";
import { type AuditEntryDocument, auditPageSchema } from "../../src/analysis/audit/audit-documents.ts";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { clientOf } from "../adapters/grpc/serve-grpc.ts";
import { startFakePrometheus } from "../support/fake-prometheus.ts";
import { specDocument } from "../support/sample-record.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const folder = useTemporaryFolder();

const tokens = ["pipeline", "flagger", "grafana"].map((name) => ({
  name,
  token: `a-secret-of-${name}`,
  namespaces: ["shop"],
}));
const bearer = (name: string) => `Bearer a-secret-of-${name}`;

async function serve(file: Readonly<Record<string, unknown>>) {
  const prometheus = await startFakePrometheus();
  onTestFinished(() => prometheus.close());
  const settings = readSettings(
    {
      listen: { port: 0 },
      grpc: { port: 0 },
      database: { kind: "memory" },
      sources: { default: { kind: "prometheus", url: prometheus.url } },
      ...file,
    },
    {},
  );
  const service = await createService({ settings, logger: pino({ level: "silent" }), drainMs: 1_000 });
  onTestFinished(() => service.close());
  const { url, grpc } = service;
  const send = async (who: string, method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json", authorization: bearer(who) };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...init });
    return { status: response.status, text: await response.text() };
  };
  return {
    grpc: grpc ?? "",
    send,
    entries: async () => auditPageSchema.parse(JSON.parse((await send("pipeline", "GET", "/v1/audit")).text)),
  };
}

/** What an entry is told apart by, oldest first. */
function told(entries: readonly AuditEntryDocument[]) {
  return entries
    .toReversed()
    .map(({ caller, door, action, namespace, analysis, gate }) => [
      ...[caller, door, action, namespace],
      analysis === null ? `${gate?.canary} ${gate?.by}` : analysis.service,
    ]);
}

const hook = { name: "checkout", namespace: "shop", phase: "Progressing", checksum: "r1" };

const query = encodeURIComponent(
  'coalmine_score{service="by-query", namespace="shop", telemetry="istio", canary_version="v2", baseline_version="v1"}',
);

describe("the audit", () => {
  it("names who changed something through each door, once however often it is asked", async () => {
    const { grpc, send, entries } = await serve({ access: { tokens } });
    const named = { ...specDocument, service: "by-rest" };
    const spec = writeStruct({ ...specDocument, service: "by-grpc" });
    const authorization = bearer("pipeline");
    const client = clientOf(grpc);
    for (let times = 0; times < 3; times++) {
      await send("pipeline", "PUT", "/v1/analyses/k", named);
      expect(await client.ask("Start", { spec, key: "g" }, { authorization })).toMatchObject({
        message: { created: times === 0 },
      });
      expect((await send("grafana", "GET", `/prometheus/api/v1/query?query=${query}`)).status).toBe(200);
      for (const type of ["pre-rollout", "rollout", "confirm-promotion", "rollback"]) {
        await send("flagger", "POST", `/flagger/v1/${type}`, hook);
      }
    }
    await client.ask("Cancel", { id: "k" }, { authorization });
    await send("flagger", "POST", "/gate/close", hook);
    expect(told((await entries()).entries)).toEqual([
      ["pipeline", "rest", "start", "shop", "by-rest"],
      ["pipeline", "grpc", "start", "shop", "by-grpc"],
      ["grafana", "prometheus", "start", "shop", "by-query"],
      ["flagger", "flagger", "start", "shop", "checkout"],
      ["pipeline", "grpc", "cancel", "shop", "by-rest"],
      ["flagger", "flagger", "close-gate", "shop", "checkout flagger"],
    ]);
  });

  it("names whose webhook replaced a release, and whose ended one", async () => {
    const { send, entries } = await serve({ access: { tokens } });
    await send("flagger", "POST", "/flagger/v1/rollout", hook);
    await send("pipeline", "POST", "/flagger/v1/rollout", { ...hook, checksum: "r2" });
    await expect.poll(async () => (await entries()).entries).toHaveLength(3);
    await send("grafana", "POST", "/flagger/v1/post-rollout", { ...hook, checksum: "r2", phase: "Failed" });
    await expect.poll(async () => (await entries()).entries).toHaveLength(4);
    expect(told((await entries()).entries).map(([caller, , action]) => [caller, action])).toEqual(
      expect.arrayContaining([
        ["flagger", "start"],
        ["pipeline", "cancel"],
        ["pipeline", "start"],
        ["grafana", "cancel"],
      ]),
    );
  });

  it("calls everybody anybody where access control is off, and keeps what they call themselves", async () => {
    const { grpc, send, entries } = await serve({});
    await send("x", "POST", "/v1/analyses", specDocument);
    await clientOf(grpc).ask("Start", { spec: writeStruct(specDocument) });
    await send("x", "POST", "/flagger/v1/rollout", hook);
    await send("x", "POST", "/rollback/open", { ...hook, metadata: { by: "carol" } });
    await send("x", "POST", "/v1/gates", {
      ...{ namespace: "shop", canary: "checkout", state: "closed" },
      by: "dave",
    });
    expect(told((await entries()).entries)).toEqual([
      ["anybody", "rest", "start", "shop", "checkout"],
      ["anybody", "grpc", "start", "shop", "checkout"],
      ["anybody", "flagger", "start", "shop", "checkout"],
      ["anybody", "flagger", "open-gate", "shop", "checkout carol"],
      ["anybody", "rest", "close-gate", "shop", "checkout dave"],
    ]);
  });

  it("that cannot be written keeps every change from happening, whichever way it is asked for", async () => {
    const path = folder.path("coalmine.db");
    const { grpc, send, entries } = await serve({ database: { file: path } });
    const { text } = await send("x", "PUT", "/v1/analyses/k", specDocument);
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    database.exec("create trigger full before insert on audit begin select raise(fail, 'no room'); end");
    const spec = { ...specDocument, service: "other" };
    const gate = { namespace: "shop", canary: "checkout", state: "open" };
    const refused = [
      await send("x", "POST", "/v1/analyses", spec),
      await send("x", "POST", "/v1/analyses/k/cancel"),
      await send("x", "POST", "/v1/gates", gate),
      await send("x", "POST", "/gate/open", hook),
      await send("x", "GET", `/prometheus/api/v1/query?query=${query}`),
    ];
    expect(refused.filter(({ status }) => status < 400)).toEqual([]);
    expect(await clientOf(grpc).ask("Start", { spec: writeStruct(spec) })).toMatchObject({ kind: "failure" });
    await send("x", "POST", "/flagger/v1/rollout", hook);
    database.exec("drop trigger full");
    expect(JSON.parse((await send("x", "GET", "/v1/analyses")).text).analyses).toHaveLength(1);
    expect(JSON.parse((await send("x", "GET", "/v1/analyses/k")).text).phase).toBe("running");
    expect(JSON.parse((await send("x", "GET", "/v1/gates")).text).gates).toEqual([]);
    const { entries: kept } = await entries();
    expect(kept.map(({ analysis }) => analysis?.id)).toEqual([JSON.parse(text).id]);
  });
});

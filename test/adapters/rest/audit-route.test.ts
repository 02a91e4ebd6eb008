import { describe, expect, it } from "vitest";
import { auditPageSchema } from "../../../src/analysis/audit/audit-documents.ts";
import { accessOf } from "../../support/access-of.ts";
import { specDocument } from "../../support/sample-record.ts";
import { serveRest } from "./serve-rest.ts";

const access = accessOf({
  "shop-secret": ["shop"],
  "bank-secret": ["bank"],
  "all-secret": ["shop", "bank"],
  "writing-secret": { namespaces: ["shop"], scopes: ["write"] },
});

async function serve(options: Parameters<typeof serveRest>[0] = {}) {
  const { ask } = await serveRest({ prepare: (run) => run.look(), ...options });
  const as = (secret: string) => ({
    authorization: `Bearer ${secret}`,
    "content-type": "application/json",
  });
  const send = async (secret: string, method: string, path: string, json: unknown = {}) => {
    const response = await ask(method, path, { headers: as(secret), body: JSON.stringify(json) });
    return { status: response.status, body: Object(await response.json()) };
  };
  const list = async (query = "", secret = "all-secret") => {
    const response = await ask("GET", `/v1/audit${query}`, { headers: as(secret) });
    return auditPageSchema.parse(await response.json());
  };
  return { ask, send, list };
}

const gate = (namespace: string) => ({ namespace, canary: "checkout", hook: "rollback", state: "open" });

describe("GET /v1/audit", () => {
  it("tells who started and cancelled what, and who opened a gate, newest first", async () => {
    const { send, list } = await serve({ access });
    const started = await send("shop-secret", "PUT", "/v1/analyses/release-7", specDocument);
    await send("shop-secret", "POST", "/v1/gates", gate("shop"));
    await send("all-secret", "POST", "/v1/analyses/release-7/cancel");
    const { entries, next } = await list();
    const { id } = started.body;
    const analysis = { id, key: "release-7", service: "checkout" };
    const at = expect.stringMatching(/^20\d\d-.*Z$/);
    const rest = { at, door: "rest", namespace: "shop" };
    expect(entries).toEqual([
      { id: 3, ...rest, caller: "all-secret", action: "cancel", analysis, gate: null },
      {
        ...{ id: 2, ...rest, caller: "shop-secret", action: "open-gate", analysis: null },
        gate: { canary: "checkout", hook: "rollback", revision: null, by: "shop-secret" },
      },
      { id: 1, ...rest, caller: "shop-secret", action: "start", analysis, gate: null },
    ]);
    expect(next).toBeNull();
  });

  it("has one entry of a put that is repeated, and of an analysis that is cancelled again", async () => {
    const { send, list } = await serve({ access });
    for (const status of [201, 200, 200]) {
      expect((await send("shop-secret", "PUT", "/v1/analyses/k", specDocument)).status).toBe(status);
    }
    for (let times = 0; times < 3; times++) await send("shop-secret", "POST", "/v1/analyses/k/cancel");
    expect((await list()).entries.map(({ action }) => action)).toEqual(["cancel", "start"]);
  });

  it("has none of what was refused, and of what changes nothing", async () => {
    const { send, list } = await serve({ access });
    const metrics = [{ name: "errors", kind: "errors", compare: {} }];
    const counts = { canary: { total: 9, bad: 1 }, baseline: { total: 9, bad: 0 } };
    const answers = [
      await send("bank-secret", "POST", "/v1/analyses", specDocument),
      await send("bank-secret", "POST", "/v1/gates", gate("shop")),
      await send("shop-secret", "POST", "/v1/analyses", { ...specDocument, source: "nowhere" }),
      await send("shop-secret", "POST", "/v1/analyses/nobody/cancel"),
      await send("shop-secret", "POST", "/v1/gates", {
        ...gate("shop"),
        hook: "confirm-rollout",
        revision: "a1",
      }),
      await send("shop-secret", "POST", "/v1/judge", { spec: { ...specDocument, metrics }, counts }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 400, 404, 400, 200]);
    expect((await list()).entries).toEqual([]);
  });

  it("shows a caller the namespaces that it may read, and no others", async () => {
    const { send, list } = await serve({ access });
    await send("all-secret", "POST", "/v1/gates", gate("shop"));
    await send("all-secret", "POST", "/v1/gates", gate("bank"));
    const namespaces = async (secret: string, query = "") =>
      (await list(query, secret)).entries.map(({ namespace }) => namespace);
    expect(await namespaces("all-secret")).toEqual(["bank", "shop"]);
    expect(await namespaces("shop-secret")).toEqual(["shop"]);
    expect(await namespaces("shop-secret", "?namespace=bank")).toEqual([]);
    expect(await namespaces("writing-secret")).toEqual([]);
    expect(await namespaces("all-secret", "?namespace=bank")).toEqual(["bank"]);
  });

  it("goes page by page", async () => {
    const { send, list } = await serve({ access });
    for (let times = 0; times < 5; times++) await send("shop-secret", "POST", "/v1/gates", gate("shop"));
    const ids: number[][] = [];
    for (let query = "?limit=2"; ; ) {
      const { entries, next } = await list(query);
      ids.push(entries.map(({ id }) => id));
      if (next === null) break;
      query = `?limit=2&before=${next}`;
    }
    expect(ids).toEqual([[5, 4], [3, 2], [1]]);
  });

  it("calls everybody anybody where access control is off", async () => {
    const { send, list } = await serve();
    await send("x", "POST", "/v1/analyses", specDocument);
    await send("x", "POST", "/v1/gates", { ...gate("shop"), by: "alice" });
    const [said, started] = (await list()).entries;
    expect(said).toMatchObject({ caller: "anybody", gate: { by: "alice" } });
    expect(started).toMatchObject({ caller: "anybody", analysis: { service: "checkout" } });
  });

  it.each([
    ["?limit=0", "limit: expected a whole number from 1 to 1000"],
    ["?limit=1001", "limit: expected a whole number from 1 to 1000"],
    ["?before=last", "before: expected a whole number"],
    ["?before=-1", "before: expected a whole number"],
    ["?befor=1", "did you mean `before`?"],
    ["?before=1&before=2", "before: expected"],
  ])("refuses %s", async (query, text) => {
    const { ask } = await serve();
    const response = await ask("GET", `/v1/audit${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid-request",
      detail: expect.stringContaining(text),
    });
  });
});

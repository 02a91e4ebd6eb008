/** The endpoint where access control is on. */
import { describe, expect, it } from "vitest";
import { accessOf } from "../../support/access-of.ts";
import { servePrometheus } from "./serve-prometheus.ts";

const access = accessOf({
  "shop-secret": ["shop"],
  "bank-secret": ["bank"],
  "reading-secret": { namespaces: ["shop"], scopes: ["read"] },
});
const starting = encodeURIComponent(
  'coalmine_score{service="checkout",namespace="shop",telemetry="istio",canary_version="v2",baseline_version="v1"}',
);
const selecting = encodeURIComponent('coalmine_score{service="checkout"}');

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

describe("without a token that is known", () => {
  it.each([
    "/api/v1/query?query=vector(1)",
    "/api/v1/query?query=1%2B1",
    `/api/v1/query?query=${starting}`,
    "/api/v1/query_range?query=1&start=0&end=1&step=1",
    "/api/v1/status/buildinfo",
    "/api/v1/labels",
    "",
  ])("%s is refused as Prometheus writes errors", async (path) => {
    const server = await servePrometheus({ access });
    for (const init of [{}, bearer("wrong-secret")]) {
      const { status, body } = await server.ask(path, init);
      expect(status).toBe(401);
      expect(body).toEqual({ status: "error", errorType: "unauthorized", error: expect.any(String) });
      expect(body.error).not.toContain("secret");
    }
    expect(server.script.opened).toEqual([]);
  });

  it("tells both ways in", async () => {
    const server = await servePrometheus({ access });
    const { headers } = await fetch(`${server.url}/prometheus/api/v1/query?query=1`);
    expect(headers.get("www-authenticate")).toBe(
      'Bearer realm="coalmine", Basic realm="coalmine", charset="UTF-8"',
    );
  });

  it.each(["/-/healthy", "/-/ready"])("%s is answered", async (path) => {
    const server = await servePrometheus({ access });
    expect((await server.ask(path)).status).toBe(200);
  });
});

describe("with a token", () => {
  it.each([
    ["Bearer", "Bearer shop-secret"],
    ["Basic", `Basic ${Buffer.from("argo:shop-secret").toString("base64")}`],
  ])("a query is answered, by %s, GET and POST", async (_, authorization) => {
    const server = await servePrometheus({ access });
    const headers = { authorization };
    expect((await server.ask("/api/v1/query?query=vector(1)", { headers })).status).toBe(200);
    const form = new URLSearchParams({ query: "vector(1)" });
    expect((await server.ask("/api/v1/query", { method: "POST", headers, body: form })).status).toBe(200);
  });

  it("of the scope read a query starts nothing, and is answered once somebody else has started it", async () => {
    const server = await servePrometheus({ access });
    const path = `/api/v1/query?query=${starting}`;
    const refused = await server.ask(path, bearer("reading-secret"));
    expect(refused).toMatchObject({ status: 403, body: { errorType: "forbidden" } });
    expect(refused.body.error).toContain('add "write" to its scopes');
    expect(server.script.opened).toEqual([]);

    await server.ask(path, bearer("shop-secret"));
    for (const known of [path, `/api/v1/query?query=${selecting}`]) {
      expect((await server.ask(known, bearer("reading-secret"))).body.data.result, known).toHaveLength(1);
    }
    expect(server.script.opened).toHaveLength(1);
  });

  it("an analysis of another namespace is neither started nor seen", async () => {
    const server = await servePrometheus({ access });
    const refused = await server.ask(`/api/v1/query?query=${starting}`, bearer("bank-secret"));
    expect(refused).toMatchObject({ status: 403, body: { errorType: "forbidden" } });
    expect(refused.body.error).toContain('"shop"');
    expect(server.script.opened).toEqual([]);

    const started = await server.ask(`/api/v1/query?query=${starting}`, bearer("shop-secret"));
    expect(started.body.data.result).toHaveLength(1);
    const seen = async (secret: string) =>
      (await server.ask(`/api/v1/query?query=${selecting}`, bearer(secret))).body.data.result.length;
    expect(await seen("shop-secret")).toBe(1);
    expect(await seen("bank-secret")).toBe(0);
  });
});

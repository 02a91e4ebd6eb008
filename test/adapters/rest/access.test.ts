/** The API where access control is on: `shop-secret` may act in the namespace of the sample spec, `bank-secret` in another. */
import { describe, expect, it } from "vitest";
import { accessOf } from "../../support/access-of.ts";
import { specDocument } from "../../support/sample-record.ts";
import { type RestServer, serveRest } from "./serve-rest.ts";

const access = accessOf({
  "shop-secret": ["shop"],
  "bank-secret": ["bank"],
  "reading-secret": { namespaces: ["shop"], scopes: ["read"] },
});

function serve(): Promise<RestServer> {
  return serveRest({ access, prepare: (run) => run.look() });
}

async function ask(server: RestServer, secret: string | null, method: string, path: string, json?: unknown) {
  const headers = {
    "content-type": "application/json",
    ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
  };
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const response = await server.ask(method, path, { headers, ...body });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? null : JSON.parse(text),
  };
}

describe("without a token that is known", () => {
  it.each([null, "wrong-secret"])("whatever is under /v1 is refused: %j", async (secret) => {
    const server = await serve();
    const { body: document } = await ask(server, null, "GET", "/openapi.json");
    const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses, security }]) => ({
        method: method.toUpperCase(),
        path,
        responses,
        security,
      })),
    );
    const work = operations.filter(({ path }) => path.startsWith("/v1/"));
    expect(work.length).toBeGreaterThan(7);
    for (const { method, path, responses, security } of work) {
      const told = await ask(server, secret, method, path.replace(/\{\w+\}/, "nobody"));
      expect(told, `${method} ${path}`).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
      expect(told.headers.get("www-authenticate"), `${method} ${path}`).toContain("Bearer");
      expect(Object.keys(responses), `${method} ${path}`).toContain("401");
      expect(security, `${method} ${path}`).toEqual([{ bearer: [] }, { basic: [] }]);
    }
    for (const path of ["/v1", "/v1/", "/v1/nothing", "/V1/analyses", "/v1/analyses/"]) {
      expect((await ask(server, secret, "GET", path)).status, path).toBe(401);
    }
    expect(server.script.opened).toEqual([]);
  });

  it.each(["/healthz", "/health/live", "/readyz", "/health/ready", "/metrics", "/openapi.json"])(
    "%s is answered",
    async (path) => {
      const server = await serve();
      expect((await server.ask("GET", path)).status).toBe(200);
    },
  );
});

describe("with a token", () => {
  it("the analyses of its namespaces are there, and no others", async () => {
    const server = await serve();
    const started = await ask(server, "shop-secret", "POST", "/v1/analyses", specDocument);
    expect(started.status).toBe(202);
    const path = `/v1/analyses/${started.body.id}`;
    const ofBank = (method: string, of: string, json?: unknown) =>
      ask(server, "bank-secret", method, of, json);
    for (const [method, of] of [
      ["GET", path],
      ["GET", `${path}/looks`],
      ["GET", `${path}/events`],
      ["POST", `${path}/cancel`],
    ] as const) {
      expect(await ofBank(method, of), `${method} ${of}`).toMatchObject({
        status: 404,
        body: { detail: `no analysis has the id or key "${started.body.id}"` },
      });
    }
    expect((await ofBank("GET", "/v1/analyses")).body).toEqual({ analyses: [] });
    expect((await ask(server, "shop-secret", "GET", "/v1/analyses")).body.analyses).toHaveLength(1);
    expect((await ask(server, "shop-secret", "GET", path)).body.phase).toBe("running");
    expect((await ask(server, "shop-secret", "GET", `${path}/looks`)).status).toBe(200);
    expect((await ask(server, "shop-secret", "POST", `${path}/cancel`)).status).toBe(200);
  });

  it.each([
    ["POST", "/v1/analyses", specDocument],
    ["PUT", "/v1/analyses/key", specDocument],
    ["POST", "/v1/judge", { spec: specDocument }],
  ])("%s %s is forbidden in another namespace", async (method, path, json) => {
    const server = await serve();
    expect(await ask(server, "bank-secret", method, path, json)).toMatchObject({
      status: 403,
      body: { code: "forbidden", detail: expect.stringContaining('"shop"') },
    });
    expect(server.script.opened).toEqual([]);
  });

  it("of the scope read it asks and judges, and changes nothing", async () => {
    const server = await serve();
    const { body } = await ask(server, "shop-secret", "POST", "/v1/analyses", specDocument);
    const path = `/v1/analyses/${body.id}`;
    const gate = { namespace: "shop", canary: "checkout", state: "open" };
    for (const [method, of, json] of [
      ["POST", "/v1/analyses", specDocument],
      ["PUT", "/v1/analyses/key", specDocument],
      ["POST", `${path}/cancel`, undefined],
      ["POST", "/v1/gates", gate],
    ] as const) {
      expect(await ask(server, "reading-secret", method, of, json), `${method} ${of}`).toMatchObject({
        status: 403,
        body: { code: "forbidden", detail: expect.stringContaining('add "write" to its scopes') },
      });
    }
    for (const known of [path, `${path}/looks`, "/v1/analyses", "/v1/gates"]) {
      expect((await ask(server, "reading-secret", "GET", known)).status, known).toBe(200);
    }
    expect((await ask(server, "reading-secret", "GET", path)).body.phase).toBe("running");
    const counts = { canary: { total: 100, bad: 1 }, baseline: { total: 100, bad: 1 } };
    const judged = await ask(server, "reading-secret", "POST", "/v1/judge", { spec: specDocument, counts });
    expect(judged.status).toBe(200);
  });

  it("a key of another's is a conflict that says no more", async () => {
    const server = await serve();
    const { body } = await ask(server, "shop-secret", "PUT", "/v1/analyses/key", specDocument);
    const theirs = { ...specDocument, namespace: "bank" };
    const told = await ask(server, "bank-secret", "PUT", "/v1/analyses/key", theirs);
    expect(told.status).toBe(409);
    expect(told.text).not.toContain(body.id);
  });

  it("Basic is as good as Bearer", async () => {
    const server = await serve();
    const authorization = `Basic ${Buffer.from("anyone:shop-secret").toString("base64")}`;
    expect((await server.ask("GET", "/v1/analyses", { headers: { authorization } })).status).toBe(200);
  });
});

it("describes no way in where there is no access control", async () => {
  const document = await (await (await serveRest()).ask("GET", "/openapi.json")).text();
  expect(document).not.toContain("security");
});

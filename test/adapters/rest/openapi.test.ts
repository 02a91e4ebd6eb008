import { expect, it } from "vitest";
import { serveRest } from "./serve-rest.ts";

interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

async function documentOf(server: Awaited<ReturnType<typeof serveRest>>): Promise<Document> {
  return Object(await (await server.ask("GET", "/openapi.json")).json());
}

it("lists every operation of the API, and no other", async () => {
  const document = await documentOf(await serveRest());
  expect(document).toMatchObject({ openapi: "3.1.1", info: { version: "1.2.3" } });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual([
    "GET /health/live",
    "GET /health/ready",
    "GET /healthz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /readyz",
    "GET /v1/analyses",
    "GET /v1/analyses/{id}",
    "GET /v1/analyses/{id}/events",
    "GET /v1/analyses/{id}/looks",
    "GET /v1/audit",
    "GET /v1/gates",
    "POST /v1/analyses",
    "POST /v1/analyses/{id}/cancel",
    "POST /v1/gates",
    "POST /v1/judge",
    "PUT /v1/analyses/{id}",
  ]);
});

it("lists only what is served: no operation is answered 405 or as a path that is not there", async () => {
  const server = await serveRest();
  const { paths } = await documentOf(server);
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      const asked = await server.ask(method.toUpperCase(), path.replace(/\{\w+\}/, "nobody"));
      const text = await asked.text();
      expect(text, `${method} ${path}`).not.toContain("nothing is served at");
      expect(Object.keys(responses), `${method} ${path}`).toContain(String(asked.status));
      expect(asked.status, `${method} ${path}`).not.toBe(405);
    }
  }
});

it("refers only to schemas that it holds, and holds none that nothing refers to", async () => {
  const document = await documentOf(await serveRest());
  const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
  const names = new Set(
    [...references].map(([, target = ""]) => target.replace("#/components/schemas/", "")),
  );
  expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
});

it("publishes the spec's own schema, strict and described", async () => {
  const { components } = await documentOf(await serveRest());
  expect(components.schemas["Spec"]).toMatchObject({
    type: "object",
    additionalProperties: false,
    properties: { service: { description: expect.any(String) } },
  });
  expect(components.schemas["JudgeRequest"]).toMatchObject({
    properties: { spec: { $ref: "#/components/schemas/Spec" } },
  });
});

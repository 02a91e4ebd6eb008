import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  looksSchema,
  problemSchema,
  resultListSchema,
  resultSchema,
} from "../../../src/adapters/rest/result-schemas.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { specDocument } from "../../support/sample-record.ts";
import { serveRest } from "./serve-rest.ts";

const yaml = `
service: checkout
namespace: shop
telemetry: istio
cohorts: {canary: {version: v2}, baseline: {version: v1}}
`;

/** The problem document of an answer, checked for its form. */
async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.type).toBe(`urn:coalmine:problem:${problem.code}`);
  return problem;
}

describe("starting an analysis", () => {
  it("answers 202 with the analysis and where it is", async () => {
    const server = await serveRest();
    const response = await server.start();
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe("/v1/analyses/id-1");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const result = resultSchema.parse(await response.json());
    expect(result).toMatchObject({ id: "id-1", service: "checkout", phase: "running", verdict: null });
    expect(result.links).toEqual({
      self: "/v1/analyses/id-1",
      events: "/v1/analyses/id-1/events",
      looks: "/v1/analyses/id-1/looks",
    });
    expect(server.script.last.options.spec.canary).toEqual({ version: "v2" });
  });

  it.each(["application/yaml", "application/yaml; charset=utf-8", "text/yaml", "Application/X-YAML"])(
    "takes YAML as %s",
    async (type) => {
      const server = await serveRest();
      const answering = server.ask("POST", "/v1/analyses", { body: yaml, headers: { "content-type": type } });
      await expect.poll(() => server.script.opened.length).toBe(1);
      server.script.last.look();
      expect((await answering).status).toBe(202);
      expect(server.script.last.options.spec).toMatchObject({
        service: "checkout",
        baseline: { version: "v1" },
      });
    },
  );

  it("names every problem of a spec with its path", async () => {
    const server = await serveRest();
    const json = { ...specDocument, telemetri: "istio", duration: "soon" };
    const problem = await problemOf(await server.ask("POST", "/v1/analyses", { json }));
    expect(problem).toMatchObject({ status: 400, code: "invalid-spec" });
    expect(problem.problems.map(({ path }) => path).sort()).toEqual(["duration", "telemetri"]);
    expect(problem.detail).toContain("did you mean `telemetry`?");
    expect(server.script.opened).toHaveLength(0);
  });

  it("answers what the first look finds wrong", async () => {
    const server = await serveRest();
    const answering = server.ask("POST", "/v1/analyses", { json: specDocument });
    await expect.poll(() => server.script.opened.length).toBe(1);
    server.script.last.fail(new CoalmineError("invalid-spec", "the cohorts overlap"));
    expect(await problemOf(await answering)).toMatchObject({ status: 400, detail: "the cohorts overlap" });
  });
});

describe("an analysis under a key", () => {
  it("is started once and then answered, with its verdict when it has one", async () => {
    const server = await serveRest();
    const path = `/v1/analyses/${encodeURIComponent("shop/checkout:6d4f/7")}`;
    const created = await server.start("PUT", path);
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe("/v1/analyses/id-1");
    const again = await server.ask("PUT", path, { json: specDocument });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ id: "id-1", phase: "running" });
    server.script.last.pass();
    await expect.poll(async () => (await server.analyses.get("id-1")).result.phase).toBe("done");
    const last = await server.ask("PUT", path, { json: specDocument });
    expect(await last.json()).toMatchObject({ id: "id-1", verdict: "pass" });
    expect(await (await server.ask("GET", path)).json()).toMatchObject({ id: "id-1" });
    expect(server.script.opened).toHaveLength(1);
  });

  it("is 409 for another spec", async () => {
    const server = await serveRest();
    await server.start("PUT", "/v1/analyses/k");
    const other = await server.ask("PUT", "/v1/analyses/k", { json: { ...specDocument, duration: "20m" } });
    expect(await problemOf(other)).toMatchObject({ status: 409, code: "conflict" });
  });

  it.each(["a b", "ä", "x".repeat(201), "a%00b"])("is refused under the name %j", async (key) => {
    const server = await serveRest();
    const path = `/v1/analyses/${key.includes("%") ? key : encodeURIComponent(key)}`;
    expect(await problemOf(await server.ask("PUT", path, { json: specDocument }))).toMatchObject({
      status: 400,
      code: "invalid-request",
    });
    expect(server.script.opened).toHaveLength(0);
  });
});

describe("asking", () => {
  it("answers one analysis, its looks, and 404 for none", async () => {
    const server = await serveRest();
    await server.start();
    const one = await server.ask("GET", "/v1/analyses/id-1");
    expect(one.status).toBe(200);
    expect(resultSchema.parse(await one.json()).id).toBe("id-1");
    server.script.last.look();
    await expect.poll(async () => (await server.analyses.looks("id-1")).length).toBe(2);
    const { looks } = looksSchema.parse(await (await server.ask("GET", "/v1/analyses/id-1/looks")).json());
    expect(looks.map(({ evidence }) => evidence.map(({ metric }) => metric))).toEqual([
      ["errors", "latency"],
      ["errors", "latency"],
    ]);
    for (const path of ["", "/looks", "/events"]) {
      const missing = await server.ask("GET", `/v1/analyses/nobody${path}`);
      expect(await problemOf(missing)).toMatchObject({ status: 404, code: "not-found" });
    }
  });

  it("lists by service, namespace and phase, newest first", async () => {
    const server = await serveRest();
    await server.start();
    server.script.last.pass();
    await server.start("POST", "/v1/analyses", { ...specDocument, service: "cart" });
    await server.start("POST", "/v1/analyses", { ...specDocument, namespace: "test" });
    await expect.poll(async () => (await server.analyses.get("id-1")).result.phase).toBe("done");
    const list = async (query: string) => {
      const response = await server.ask("GET", `/v1/analyses${query}`);
      return resultListSchema.parse(await response.json()).analyses.map(({ id }) => id);
    };
    expect(await list("")).toEqual(["id-3", "id-2", "id-1"]);
    expect(await list("?limit=1")).toEqual(["id-3"]);
    expect(await list("?service=cart")).toEqual(["id-2"]);
    expect(await list("?namespace=shop&phase=running")).toEqual(["id-2"]);
    expect(await list("?phase=done")).toEqual(["id-1"]);
  });

  it("names everything that is wrong with a query", async () => {
    const server = await serveRest();
    const response = await server.ask("GET", "/v1/analyses?limit=0&phase=dome&sevice=a");
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 400, code: "invalid-request" });
    expect(problem.problems.map(({ path }) => path).sort()).toEqual(["limit", "phase", "sevice"]);
    expect(problem.detail).toMatch(/`done`.*`service`/s);
  });

  it("cancels, and again changes nothing", async () => {
    const server = await serveRest();
    await server.start();
    const first = await server.ask("POST", "/v1/analyses/id-1/cancel");
    expect(first.status).toBe(200);
    const result = resultSchema.parse(await first.json());
    expect(result).toMatchObject({ phase: "cancelled", verdict: "inconclusive" });
    expect(await (await server.ask("POST", "/v1/analyses/id-1/cancel")).json()).toEqual(result);
  });
});

describe("requests that cannot be served", () => {
  it("answers 404 for a path that is not there", async () => {
    const server = await serveRest();
    for (const path of ["/", "/v1", "/v1/analysis", "/v1/analyses/a/b", "/V1/analyses"]) {
      expect(await problemOf(await server.ask("GET", path))).toMatchObject({
        status: 404,
        code: "not-found",
      });
    }
  });

  it.each([
    ["DELETE", "/v1/analyses", "POST, GET, HEAD"],
    ["POST", "/v1/analyses/a", "PUT, GET, HEAD"],
    ["GET", "/v1/judge", "POST"],
    ["GET", "/v1/analyses/a/cancel", "POST"],
    ["PUT", "/healthz", "GET, HEAD"],
  ])("answers 405 to %s %s and allows %s", async (method, path, allowed) => {
    const response = await (await serveRest()).ask(method, path);
    expect(await problemOf(response)).toMatchObject({ status: 405, code: "invalid-request" });
    const names = (list: string | null) => list?.split(", ").sort();
    expect(names(response.headers.get("allow"))).toEqual(names(allowed));
  });

  it.each(["{", '{"service": }', "[1,]", "\u0000", "nul"])(
    "answers 400 to the malformed JSON %j",
    async (body) => {
      const server = await serveRest();
      for (const path of ["/v1/analyses", "/v1/judge"]) {
        const response = await server.ask("POST", path, {
          body,
          headers: { "content-type": "application/json" },
        });
        const problem = await problemOf(response);
        expect(problem).toMatchObject({ status: 400, code: "invalid-request" });
        expect(problem.detail).toContain("no JSON");
      }
    },
  );

  it("answers 400 to malformed YAML, two documents, and an alias bomb", async () => {
    const server = await serveRest();
    const lines = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`)}]`);
    for (const body of [
      "a: [",
      "a: 1\n---\nb: 2",
      `a0: &a0 x\n${lines.join("\n")}`,
      `${"[".repeat(90_000)}`,
    ]) {
      const response = await server.ask("POST", "/v1/analyses", {
        body,
        headers: { "content-type": "application/yaml" },
      });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: "invalid-spec" });
    }
  });

  it("answers 400 to an empty body", async () => {
    const server = await serveRest();
    const response = await server.ask("POST", "/v1/judge", {
      headers: { "content-type": "application/json" },
    });
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      detail: expect.stringContaining("no body"),
    });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "answers 415 to a body of the type %j",
    async (type) => {
      const server = await serveRest();
      const body = new TextEncoder().encode(JSON.stringify(specDocument));
      const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
      const response = await server.ask("POST", "/v1/analyses", { body, headers });
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ status: 415, code: "invalid-request" });
      expect(problem.detail).toContain("application/json");
      expect(server.script.opened).toHaveLength(0);
    },
  );

  it("answers 415 to a content encoding or a charset that it does not read", async () => {
    const server = await serveRest();
    for (const headers of [
      { "content-type": "application/json", "content-encoding": "zstd9" },
      { "content-type": "application/json; charset=klingon" },
    ]) {
      const response = await server.ask("POST", "/v1/analyses", { body: "{}", headers });
      expect(await problemOf(response)).toMatchObject({ status: 415 });
    }
  });

  it("answers 413 to more than the limit, also when it was compressed", async () => {
    const server = await serveRest();
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ ...specDocument, service: "x".repeat(256 * 1024) });
    const plain = await server.ask("POST", "/v1/analyses", { body, headers });
    expect(await problemOf(plain)).toMatchObject({
      status: 413,
      code: "too-large",
      detail: expect.stringContaining("262144"),
    });
    const small = gzipSync(body);
    expect(small.length).toBeLessThan(10_000);
    const packed = await server.ask("POST", "/v1/analyses", {
      body: small,
      headers: { ...headers, "content-encoding": "gzip" },
    });
    expect(await problemOf(packed)).toMatchObject({ status: 413, code: "too-large" });
  });

  it("answers 400 to a path that does not decode", async () => {
    const server = await serveRest();
    expect(await problemOf(await server.ask("GET", "/v1/analyses/%E0%A4%A"))).toMatchObject({ status: 400 });
  });

  it("answers 500 without the inside of a fault, and logs it with its cause", async () => {
    const server = await serveRest();
    const answering = server.ask("POST", "/v1/analyses", { json: specDocument });
    await expect.poll(() => server.script.opened.length).toBe(1);
    const fault = new TypeError("cannot read properties of null (reading 'secret')");
    server.script.last.fail(fault);
    const response = await answering;
    const text = await response.clone().text();
    expect(await problemOf(response)).toMatchObject({ status: 500, code: "internal", problems: [] });
    expect(text).not.toContain("secret");
    expect(server.logger.errors.map(({ fields }) => fields["err"])).toEqual([fault]);
  });
});

describe("the system's own routes", () => {
  it.each(["/healthz", "/readyz", "/health/live", "/health/ready"])("answers 200 at %s", async (path) => {
    const response = await (await serveRest()).ask("GET", path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  it("is alive but not ready while it drains, and takes no work", async () => {
    let isDraining = false;
    const server = await serveRest({ isDraining: () => isDraining });
    await server.start();
    isDraining = true;
    const status = async (path: string) => (await server.ask("GET", path)).status;
    expect(await status("/healthz")).toBe(200);
    expect(await status("/health/live")).toBe(200);
    expect(await status("/readyz")).toBe(503);
    expect(await status("/health/ready")).toBe(503);
    const refused = await server.ask("POST", "/v1/analyses", { json: specDocument });
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await problemOf(refused)).toMatchObject({ status: 503 });
  });

  it("publishes its metrics, requests by route and not by path", async () => {
    const server = await serveRest();
    await server.ask("GET", "/v1/analyses/secret-id");
    await server.ask("GET", "/nowhere/at/all");
    const response = await server.ask("GET", "/metrics");
    expect(response.headers.get("content-type")).toContain("text/plain");
    // A request is measured when its answer is out.
    const told = async () => await (await server.ask("GET", "/metrics")).text();
    await expect.poll(told).toContain('_count{method="GET",route="/v1/analyses/:id",status="404"} 1');
    await expect.poll(told).toContain('_count{method="GET",route="unmatched",status="404"} 1');
    expect(await told()).not.toContain("secret-id");
  });

  it("sends safe headers and does not name its software", async () => {
    const response = await (await serveRest()).ask("GET", "/healthz");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("x-powered-by")).toBeNull();
    expect(response.headers.get("strict-transport-security")).toBeNull();
  });
});

it("does not take a page of another origin for a caller", async () => {
  const server = await serveRest();
  const preflight = await server.ask("OPTIONS", "/v1/analyses", {
    headers: { origin: "http://evil.example" },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

import { once } from "node:events";
import { request as send } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { createPageGuard, type PageGuardOptions } from "../../../src/adapters/http/foreign-pages.ts";
import { listen } from "../../../src/adapters/http/listen.ts";

/** A server that says yes to whatever the guard lets through. */
async function serve(options: Partial<PageGuardOptions> = {}) {
  const guard = createPageGuard({ hosts: [], refusesOtherHosts: true, ...options });
  const listener = await listen(
    (request, response) => {
      if (!guard(request, response)) response.end("yes");
    },
    { host: "127.0.0.1", port: 0 },
  );
  onTestFinished(() => listener.close(0));
  const { port } = new URL(listener.url);
  /** fetch would not let a test say who asks. */
  return async (headers: Readonly<Record<string, string>>, path = "/v1/analyses", method = "POST") => {
    const sent = send({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { host: `localhost:${port}`, ...headers },
    });
    sent.end();
    const [response] = await once(sent, "response");
    return { status: response.statusCode, body: await text(response) };
  };
}

const ours = { "sec-fetch-site": "same-origin" };
const theirs = { "sec-fetch-site": "cross-site" };
const neighbours = { "sec-fetch-site": "same-site" };
const visiting = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

it.each([
  ["a program", {}],
  ["a page of the server", ours],
  [
    "a page of the server behind a proxy that changes the name",
    { ...ours, origin: "https://coalmine.example" },
  ],
  ["what somebody typed", { "sec-fetch-site": "none" }],
  ["a page of the server, told by an old browser", { origin: "http://localhost:1", host: "localhost:1" }],
  ["a page behind TLS that ends before", { origin: "https://localhost", host: "localhost:443" }],
])("%s may ask", async (_, headers) => {
  const ask = await serve();
  for (const method of ["GET", "POST", "PUT"])
    expect((await ask(headers, "/v1/analyses", method)).status).toBe(200);
});

it.each([
  ["of another site", theirs],
  ["of another port of this machine", neighbours],
  ["of another site, that pretends", { ...theirs, origin: "http://localhost:1", host: "localhost:1" }],
  ["of a browser that will be", { "sec-fetch-site": "other-planet" }],
  ["of another site, told by an old browser", { origin: "https://evil.example" }],
  ["of another port, told by an old browser", { origin: "http://localhost:2", host: "localhost:1" }],
  ["that hides where it is from", { origin: "null" }],
  ["of a file", { origin: "file://" }],
])("a page %s may not", async (_, headers) => {
  const ask = await serve();
  for (const path of [
    "/v1/analyses",
    "/prometheus/api/v1/query",
    "/flagger/v1/rollout",
    "/gate/open",
    "/nowhere",
  ]) {
    const { status, body } = await ask(headers, path);
    expect(status, path).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: "forbidden", status: 403 });
  }
});

it("a page of another site may show an image of nothing here, as a query starts an analysis", async () => {
  const ask = await serve();
  expect((await ask(theirs, "/prometheus/api/v1/query?query=x", "GET")).status).toBe(403);
  expect((await ask({ ...theirs, "sec-fetch-mode": "no-cors" }, "/", "GET")).status).toBe(403);
});

it.each([
  ["/", "GET", 200],
  ["/analyses/1", "GET", 200],
  ["/prometheus/api/v1/query?query=x", "GET", 403],
  ["/Prometheus/api/v1/query?query=x", "GET", 403],
  ["/v1?x", "GET", 403],
  ["/gate/open", "GET", 403],
  ["/", "POST", 403],
])("a link on another page to %s by %s is answered %i", async (path, method, status) => {
  const ask = await serve();
  expect((await ask({ ...theirs, ...visiting }, path, method)).status).toBe(status);
});

it("a link in a frame of another page is none", async () => {
  const ask = await serve();
  expect((await ask({ ...theirs, ...visiting, "sec-fetch-dest": "iframe" }, "/", "GET")).status).toBe(403);
});

it.each([
  ["localhost", 200],
  ["LOCALHOST:8080", 200],
  ["coalmine.localhost", 200],
  ["localhost.", 200],
  ["127.0.0.1:8080", 200],
  ["[::1]:8080", 200],
  ["192.168.1.7", 200],
  ["coalmine.example:8080", 200],
  ["Coalmine.Example", 200],
  ["evil.example", 403],
  ["localhost.evil.example", 403],
  ["127.0.0.1.evil.example", 403],
  ["evil@localhost", 403],
  ["localhost/evil", 403],
])("asked by the name %j it answers %i, whoever the page says it is", async (host, status) => {
  const ask = await serve({ hosts: ["coalmine.example"] });
  for (const headers of [{}, ours, { origin: `http://${host}` }]) {
    expect((await ask({ ...headers, host }, "/healthz", "GET")).status).toBe(status);
  }
});

it("asked by one of its names it still answers by no other", async () => {
  const ask = await serve();
  for (const [host, status] of [
    ["localhost", 200],
    ["evil.example", 403],
    ["localhost", 200],
  ] as const) {
    expect((await ask({ host })).status, host).toBe(status);
  }
});

it("asked by any name it answers where it need not know it", async () => {
  const ask = await serve({ refusesOtherHosts: false });
  expect((await ask({ host: "coalmine.coalmine" })).status).toBe(200);
  expect((await ask({ host: "coalmine.coalmine", origin: "https://evil.example" })).status).toBe(403);
});

it("a listed name is enough for a page of an old browser, behind a proxy that changes the name", async () => {
  const ask = await serve({ hosts: ["coalmine.example"], refusesOtherHosts: false });
  const origin = "https://coalmine.example:8443";
  expect((await ask({ host: "coalmine.coalmine", origin })).status).toBe(200);
});

it("the way out is told, and nothing of the request beyond its name", async () => {
  const ask = await serve();
  const { body } = await ask({ host: "coalmine.example", authorization: "Bearer s3cret" });
  expect(body).toContain("listen.hosts");
  expect(body).not.toContain("s3cret");
});

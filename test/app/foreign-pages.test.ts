/** Whatever the server answers by HTTP, it does not answer to a page of another origin. */
import { once } from "node:events";
import { request as send } from "node:http";
import pino from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";

const surfaces = [
  ["POST", "/v1/analyses"],
  ["POST", "/v1/analyses/1/cancel"],
  ["POST", "/v1/gates"],
  ["POST", "/flagger/v1/rollout"],
  ["POST", "/gate/open"],
  ["POST", "/rollback/open"],
  ["POST", "/prometheus/api/v1/query"],
  ["POST", "/nowhere"],
] as const;

async function serve(file: object = {}) {
  const settings = readSettings({ listen: { port: 0 }, database: { kind: "memory" }, ...file }, {});
  const service = await createService({ settings, logger: pino({ level: "silent" }), drainMs: 0 });
  onTestFinished(() => service.close());
  const { port } = new URL(service.url);
  return async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
    const sent = send({ host: "127.0.0.1", port, method, path, headers });
    sent.end(method === "POST" ? "{}" : undefined);
    const [response] = await once(sent, "response");
    response.resume();
    return response.statusCode;
  };
}

const evil = { origin: "https://evil.example" };
const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
const rebound = { host: "evil.example", origin: "http://evil.example", "sec-fetch-site": "same-origin" };

describe("a server without access control, on its own machine", () => {
  it.each(surfaces)("answers a program and no foreign page at %s %s", async (method, path) => {
    const ask = await serve();
    expect(await ask(method, path, {})).not.toBe(403);
    for (const headers of [evil, image, rebound]) expect(await ask(method, path, headers)).toBe(403);
  });

  it("answers no image of a foreign page, whose query would start an analysis", async () => {
    const ask = await serve();
    const query = encodeURIComponent('coalmine_score{service="checkout",namespace="shop"}');
    expect(await ask("GET", `/prometheus/api/v1/query?query=${query}`, image)).toBe(403);
  });

  it("answers by the names that the settings list", async () => {
    const ask = await serve({ listen: { port: 0, hosts: ["Coalmine.Example"] } });
    expect(await ask("GET", "/healthz", { host: "coalmine.example" })).toBe(200);
    expect(await ask("GET", "/healthz", rebound)).toBe(403);
  });
});

it("with tokens a server answers by any name, for a foreign page holds none, and no foreign page all the same", async () => {
  const tokens = [{ name: "ci", token: "s3cret-of-ci-00001", namespaces: ["*"] }];
  const ask = await serve({ access: { tokens } });
  const authorization = `Basic ${Buffer.from("me:s3cret-of-ci-00001").toString("base64")}`;
  expect(await ask("GET", "/v1/analyses", { host: "coalmine.coalmine", authorization })).toBe(200);
  expect(await ask("GET", "/v1/analyses", rebound)).toBe(401);
  // A browser sends a password that somebody once typed along with what any page asks for.
  expect(await ask("POST", "/gate/open", { ...evil, authorization })).toBe(403);
});

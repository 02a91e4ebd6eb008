import express from "express";
import { Registry } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { measuredListener } from "../../../src/adapters/http/measured-listener.ts";
import { serveOnLoopback } from "../../support/loopback-server.ts";
import { metricSamples } from "../../support/metric-samples.ts";

/** An express application behind one path that is answered without it. */
async function serve() {
  const registry = new Registry();
  const app = express();
  app.get("/v1/things/:id", (_request, response) => void response.send("a thing"));
  const hanging = Promise.withResolvers<void>();
  const listener = measuredListener(registry, new Set(["/hook"]), (request, response) => {
    if (request.url === "/never") hanging.resolve();
    else if (request.url?.startsWith("/hook")) response.writeHead(403).end("no");
    else app(request, response);
  });
  const server = await serveOnLoopback(listener);
  onTestFinished(() => server.close());
  const counts = async () => {
    const name = "coalmine_http_request_duration_seconds_count";
    const told = await metricSamples(registry);
    return Object.fromEntries(
      [...told].filter(([key]) => key.startsWith(name)).map(([k, v]) => [k.slice(name.length), v]),
    );
  };
  return { server, counts, hanging: hanging.promise };
}

it("tells requests apart by route, never by what stands in the path", async () => {
  const { server, counts } = await serve();
  for (const path of ["/v1/things/1", "/v1/things/2?token=secret", "/hook?x=1", "/wp-login.php"]) {
    await (await fetch(`${server.url}${path}`)).text();
  }
  await expect.poll(counts).toEqual({
    '{method="GET",route="/v1/things/:id",status="200"}': 2,
    '{method="GET",route="/hook",status="403"}': 1,
    '{method="GET",route="unmatched",status="404"}': 1,
  });
});

it("counts methods that HTTP does not know as one", async () => {
  const { server, counts } = await serve();
  await (await fetch(`${server.url}/hook`, { method: "PROPFIND" })).text();
  await expect.poll(counts).toEqual({ '{method="_OTHER",route="/hook",status="403"}': 1 });
});

it("counts a client that left before the answer, without a status", async () => {
  const { server, counts, hanging } = await serve();
  const leaving = new AbortController();
  const asked = fetch(`${server.url}/never`, { signal: leaving.signal });
  await hanging;
  leaving.abort();
  await expect(asked).rejects.toThrow("aborted");
  await expect.poll(counts).toEqual({ '{method="GET",route="unmatched",status="none"}': 1 });
});

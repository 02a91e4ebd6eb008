import { once } from "node:events";
import { request as open, type RequestListener } from "node:http";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { tracedListener } from "../../../src/app/tracing/traced-listener.ts";
import { serveOnLoopback } from "../../support/loopback-server.ts";
import { stageTracing } from "./stage.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

async function serve(listener: RequestListener) {
  const stage = await stageTracing();
  const traced = tracedListener(listener, new Set(["/hook"]), stage.tracing, stage.ambient);
  const server = await serveOnLoopback(traced);
  onTestFinished(() => server.close());
  return { ...stage, url: server.url };
}

it("makes a request a span of its caller's trace, named by its route", async () => {
  const app = express();
  app.get("/v1/things/:id", (_request, response) => void response.send("a thing"));
  const { url, receiver, received } = await serve(app);
  await (
    await fetch(`${url}/v1/things/7?token=geheim`, { headers: { traceparent, baggage: "user=geheim" } })
  ).text();
  await (await fetch(`${url}/wp-login.php`)).text();
  const spans = await received();
  expect(spans).toMatchObject([
    {
      name: "GET /v1/things/:id",
      kind: 2,
      traceId,
      parentSpanId: "b7ad6b7169203331",
      attributes: {
        "http.request.method": "GET",
        "http.route": "/v1/things/:id",
        "url.path": "/v1/things/7",
        "http.response.status_code": 200,
      },
    },
    { name: "GET", status: 0, attributes: { "http.response.status_code": 404 } },
  ]);
  expect(receiver.text).not.toContain("geheim");
});

it("keeps the trace over a body that comes later", async () => {
  const ids: unknown[] = [];
  const begun = Promise.withResolvers<void>();
  const { url, ambient, received } = await serve((request, response) => {
    request.on("data", () => ids.push(ambient.logFields()["trace_id"]));
    request.once("end", () => {
      ids.push(ambient.logFields()["trace_id"]);
      response.writeHead(503).end();
    });
    begun.resolve();
  });
  const request = open(`${url}/hook`, { method: "POST", headers: { traceparent } });
  const answered = once(request, "response");
  request.flushHeaders();
  await begun.promise;
  request.end("{}");
  await answered;
  expect(ids).toEqual([traceId, traceId]);
  expect(await received()).toMatchObject([
    { name: "POST /hook", status: 2, attributes: { "error.type": "503" } },
  ]);
});

it("leaves out what probes and scrapers ask", async () => {
  const { url, received } = await serve((_request, response) => void response.end("ok"));
  for (const path of ["/healthz", "/readyz", "/metrics", "/hook"])
    await (await fetch(`${url}${path}`)).text();
  expect(await received()).toMatchObject([{ name: "GET /hook" }]);
});

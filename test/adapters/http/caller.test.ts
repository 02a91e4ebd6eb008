import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { callerOf, requireCaller } from "../../../src/adapters/http/caller.ts";
import { createHttpApp } from "../../../src/adapters/http/http-app.ts";
import { listen } from "../../../src/adapters/http/listen.ts";
import { type Access, noAccessControl } from "../../../src/base/access.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { accessOf } from "../../support/access-of.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** A server that answers with its caller's name; a body is read after the caller is known. */
async function serve(access: Access | null) {
  const logger = quietLogger();
  const handlers = [
    ...(access === null ? [] : [requireCaller(access)]),
    express.text({ limit: 10 }),
    express.Router().all("/", (request, response) => void response.send(callerOf(request).name)),
  ];
  const listener = await listen(createHttpApp({ handlers, logger }), { host: "127.0.0.1", port: 0 });
  onTestFinished(() => listener.close(0));
  return { url: listener.url, logger };
}

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

it("knows whose request it is", async () => {
  const { url } = await serve(accessOf({ shop: [], cart: [] }));
  expect(await (await fetch(url, bearer("shop"))).text()).toBe("shop");
  expect(await (await fetch(url, bearer("cart"))).text()).toBe("cart");
});

it("lets everybody through where access control is off", async () => {
  const { url } = await serve(noAccessControl);
  expect(await (await fetch(url)).text()).toBe("anybody");
  expect(await (await fetch(url, bearer("of another server"))).text()).toBe("anybody");
});

it("answers 401 with both ways in to a request without a token, and says no more", async () => {
  const { url } = await serve(accessOf({ shop: [] }));
  const response = await fetch(url);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe(
    'Bearer realm="coalmine", Basic realm="coalmine", charset="UTF-8"',
  );
  expect(await response.json()).toMatchObject({
    code: "unauthenticated",
    detail: expect.stringContaining("Authorization: Bearer"),
  });
});

it("tells a wrong token from a missing one, and repeats neither it nor a known one", async () => {
  const { url, logger } = await serve(accessOf({ "known-secret": [] }));
  const response = await fetch(url, bearer("wrong-secret"));
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
  const told = `${await response.text()}${JSON.stringify([...response.headers])}${JSON.stringify(logger.errors)}`;
  expect(told).not.toMatch(/wrong-secret|known-secret/);
});

it("does not look at what a stranger sends", async () => {
  const { url } = await serve(accessOf({ shop: [] }));
  const init = { method: "POST", body: "more than ten bytes" };
  expect((await fetch(url, init)).status).toBe(401);
  expect((await fetch(url, { ...init, ...bearer("shop") })).status).toBe(413);
});

it("takes the first of repeated headers", async () => {
  const { url } = await serve(accessOf({ shop: [], cart: [] }));
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  const lines = ["GET / HTTP/1.1", "Host: a", "Connection: close"];
  socket.write([...lines, "Authorization: Bearer shop", "Authorization: Bearer cart", "", ""].join("\r\n"));
  expect(await text(socket)).toMatch(/\r\n\r\nshop$/);
});

it("takes no request for somebody's that nobody was asked of", async () => {
  const { url, logger } = await serve(null);
  expect((await fetch(url, bearer("shop"))).status).toBe(500);
  expect(logger.errors).toHaveLength(1);
});

it("lets nobody in while it cannot be told who asks, and says when to ask again", async () => {
  const away = new CoalmineError("source-unavailable", "the Kubernetes API does not answer");
  const { url } = await serve({ isOn: true, callerOf: () => Promise.reject(away) });
  const response = await fetch(url, bearer("shop"));
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toMatchObject({ code: "source-unavailable", detail: away.message });
});

it("tells nothing of why it can never be told who asks, but the log", async () => {
  const wrong = new CoalmineError("invalid-settings", "the server may not review tokens");
  const { url, logger } = await serve({ isOn: true, callerOf: () => Promise.reject(wrong) });
  const response = await fetch(url, bearer("shop"));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("review");
  expect(logger.errors).toMatchObject([{ fields: { err: wrong } }]);
});

import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { clientGone } from "../../../src/adapters/http/client-gone.ts";
import { sendEvents } from "../../../src/adapters/http/event-stream.ts";
import { listen } from "../../../src/adapters/http/listen.ts";

it("waits for a client that reads slowly instead of piling events up", async () => {
  let pulled = 0;
  let isOver = false;
  async function* large() {
    try {
      for (; pulled < 10_000; pulled++) yield { event: "look", data: "x".repeat(100_000) };
    } finally {
      isOver = true;
    }
  }
  const app = express();
  app.get("/", async (_request, response) => {
    await sendEvents(response, large(), { heartbeatMs: 60_000, gone: clientGone(response) });
  });
  const listener = await listen(app, {
    host: "127.0.0.1",
    port: 0,
  });
  onTestFinished(() => listener.close(0));

  const asking = get(listener.url, { agent: false }, (response) => response.pause());
  asking.on("error", () => undefined);
  // What the sockets hold is some megabytes; the events together are a gigabyte.
  let before = -1;
  while (pulled === 0 || pulled !== before) {
    before = pulled;
    await sleep(50);
  }
  expect(pulled).toBeLessThan(1_000);
  asking.destroy();
  await expect.poll(() => isOver).toBe(true);
});

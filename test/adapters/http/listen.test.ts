import { once } from "node:events";
import { connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../../../src/adapters/http/listen.ts";

const anywhere = { host: "127.0.0.1", port: 0 };

it("tells the port it really has", async () => {
  const listener = await listen((_request, response) => response.end("here"), anywhere);
  onTestFinished(() => listener.close(0));
  expect(await (await fetch(listener.url)).text()).toBe("here");
});

it("lets a request under way end before it closes", async () => {
  const release = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const listener = await listen((_request, response) => {
    arrived.resolve();
    void release.promise.then(() => response.end("in time"));
  }, anywhere);
  const asking = fetch(listener.url);
  await arrived.promise;
  const closing = listener.close(60_000);
  release.resolve();
  expect(await (await asking).text()).toBe("in time");
  await closing;
  await expect(fetch(listener.url)).rejects.toThrow();
});

it("cuts connections that do not end", async () => {
  const listener = await listen(() => undefined, anywhere);
  const socket = connect(Number(new URL(listener.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const cut = once(socket, "close");
  socket.on("error", () => undefined);
  await listener.close(10);
  await cut;
  expect(socket.destroyed).toBe(true);
});

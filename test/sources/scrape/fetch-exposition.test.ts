import { type AddressInfo, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchExposition } from "../../../src/sources/scrape/fetch-exposition.ts";
import { type FixedAnswer, type MetricsPod, startMetricsPod } from "../../support/metrics-pod.ts";

describe("fetchExposition", () => {
  const dispatcher = new Agent({ connections: 1 });
  let pod: MetricsPod;

  beforeAll(async () => {
    pod = await startMetricsPod();
  });

  afterAll(async () => {
    await dispatcher.destroy();
    await pod.close();
  });

  async function fetchOf(answer: FixedAnswer) {
    pod.answer(answer);
    const signal = AbortSignal.timeout(60_000);
    return fetchExposition(new URL(pod.metricsUrl), { dispatcher, signal, maxBodyBytes: 100 });
  }

  it.each([
    ["text/plain; version=0.0.4; charset=utf-8", "prometheus"],
    ["Text/Plain", "prometheus"],
    ["application/openmetrics-text; version=1.0.0", "openmetrics"],
  ])("reads %s as %s", async (type, format) => {
    const answer = await fetchOf({ headers: { "content-type": type }, body: "a 1\n" });
    expect(answer).toEqual({ format, text: "a 1\n" });
  });

  it("takes an answer without a type for text 0.0.4", async () => {
    expect(await fetchOf({ headers: {}, body: "a 1\n" })).toEqual({ format: "prometheus", text: "a 1\n" });
  });

  it("asks for OpenMetrics before text, uncompressed", async () => {
    await fetchOf({ body: "a 1\n" });
    expect(pod.lastHeaders["accept"]).toMatch(/^application\/openmetrics-text;.*text\/plain;version=0\.0\.4/);
    expect(pod.lastHeaders["accept-encoding"]).toBeUndefined();
  });

  it.each([
    ["answered status 503", "source-unavailable", { status: 503, body: "a 1\n" }],
    ["answered status 302", "source-unavailable", { status: 302, headers: { location: "/b" }, body: "" }],
    ["answered status 500", "source-unavailable", { status: 500, body: "x".repeat(5_000_000) }],
    ["answered text/html", "source-unavailable", { headers: { "content-type": "text/html" }, body: "<p>" }],
    ["by gzip", "source-unavailable", { headers: { "content-encoding": "gzip" }, body: gzipSync("a 1\n") }],
    ["no UTF-8", "source-unavailable", { body: new Uint8Array([0x61, 0xff, 0x0a]) }],
    ["over 100 bytes", "too-large", { body: "x".repeat(101) }],
    ["over 100 bytes", "too-large", { body: "x".repeat(5_000_000) }],
  ])("fails and says %s (%s)", async (reason, code, answer) => {
    await expect(fetchOf(answer)).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
    // The connection is not left in a state that the next scrape would pay for.
    expect(await fetchOf({ body: "a 1\n" })).toMatchObject({ text: "a 1\n" });
  });

  it("takes an answer of exactly the limit", async () => {
    expect((await fetchOf({ body: "x".repeat(100) })).text).toHaveLength(100);
  });

  it("fails where the connection is cut before the answer is whole", async () => {
    const server = createServer((socket) => {
      const cut = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 50\r\n\r\na 1\n";
      socket.once("data", () => socket.end(cut));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const signal = AbortSignal.timeout(60_000);
    const url = new URL(`http://127.0.0.1:${port}/metrics`);
    await expect(fetchExposition(url, { dispatcher, signal, maxBodyBytes: 100 })).rejects.toThrow("closed");
    await new Promise((resolve) => void server.close(resolve));
  });
});

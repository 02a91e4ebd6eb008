/** Where a source may be led, with a resolver that a test plays and real servers on this machine. */
import type { LookupFunction } from "node:net";
import { buildConnector, Pool } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { guardConnector, guardedLookup } from "../../../src/sources/prometheus/guarded-connector.ts";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../../../src/sources/prometheus/prometheus-source.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { serveOnLoopback } from "../../support/loopback-server.ts";

type Resolved = readonly { readonly address: string; readonly family: number }[];

const four = (address: string) => ({ address, family: 4 });
const isOdd = (ip: string) => ip.endsWith("1");

/** Answers in turn, the last for good. */
function resolver(...answers: readonly Resolved[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, options, callback) => {
    asked.push(hostname);
    const found = answers[Math.min(asked.length, answers.length) - 1] ?? [];
    const [first] = found;
    queueMicrotask(() => {
      if (options.all) callback(null, [...found]);
      else callback(null, first?.address ?? "", first?.family);
    });
  };
  return { lookup, asked };
}

function look(lookup: LookupFunction, options: object) {
  return new Promise((resolve) => {
    lookup("metrics.example", options, (error, found, family) => resolve(error ?? { found, family }));
  });
}

describe("a guarded lookup", () => {
  it("leaves out what may not be connected to", async () => {
    const { lookup } = resolver([four("10.0.0.2"), four("10.0.0.1"), { address: "::1", family: 6 }]);
    const guarded = guardedLookup(isOdd, lookup);
    expect(await look(guarded, { all: true })).toEqual({
      found: [four("10.0.0.1"), { address: "::1", family: 6 }],
      family: undefined,
    });
    expect(await look(guarded, {})).toEqual({ found: "10.0.0.1", family: 4 });
  });

  it.each([{ all: true }, {}])("fails where nothing is left, and names no address: %j", async (options) => {
    const { lookup } = resolver([four("10.0.0.2")]);
    const error = await look(guardedLookup(isOdd, lookup), options);
    expect(error).toMatchObject({ code: "query-rejected" });
    expect(String(error)).not.toContain("10.0.0.2");
  });

  it("fails as the resolver does", async () => {
    const failing: LookupFunction = (_hostname, _options, callback) =>
      callback(new Error("no such name"), "");
    expect(
      await look(
        guardedLookup(() => true, failing),
        { all: true },
      ),
    ).toEqual(new Error("no such name"));
  });
});

describe("a connection", () => {
  async function serve() {
    const server = await serveOnLoopback((_request, response) => void response.end("metrics"));
    onTestFinished(() => server.close());
    return Number(new URL(server.url).port);
  }

  function poolTo(origin: string, mayConnectTo: (ip: string) => boolean, lookup?: LookupFunction) {
    const connect = guardConnector(
      buildConnector({ lookup: guardedLookup(mayConnectTo, lookup) }),
      mayConnectTo,
    );
    const pool = new Pool(origin, { connect });
    onTestFinished(() => pool.destroy());
    return pool;
  }

  it("goes to the address that was looked at, though the name has another by then", async () => {
    const port = await serve();
    const { lookup, asked } = resolver([four("127.0.0.1")], [four("127.0.0.2")]);
    const looked: string[] = [];
    const mayConnectTo = (ip: string) => looked.push(ip) > 0;
    const pool = poolTo(`http://metrics.example:${port}`, mayConnectTo, lookup);
    const { body } = await pool.request({ path: "/", method: "GET" });
    expect(await body.text()).toBe("metrics");
    expect(asked).toEqual(["metrics.example"]);
    expect(looked).toEqual(["127.0.0.1"]);
  });

  it("is refused where the name leads to a network that is not open to it", async () => {
    const port = await serve();
    const { lookup } = resolver([four("127.0.0.1")]);
    const pool = poolTo(`http://metrics.example:${port}`, () => false, lookup);
    await expect(pool.request({ path: "/", method: "GET" })).rejects.toMatchObject({
      code: "query-rejected",
    });
  });

  it.each(["127.0.0.1", "[::1]"])("is refused where the host is such an address itself: %s", async (host) => {
    const pool = poolTo(`http://${host}:${await serve()}`, () => false);
    await expect(pool.request({ path: "/", method: "GET" })).rejects.toMatchObject({
      code: "query-rejected",
    });
  });
});

describe("a source", () => {
  const selector = { metric: "up", matchers: [] };
  const read = async (url: string, mayConnectTo?: (ip: string) => boolean) => {
    const settings = prometheusSourceSettings.parse({ url, retryBudgetMs: 0 });
    const source = createPrometheusSource({
      name: "default",
      settings,
      clock: fakeClock(0),
      random: () => 0,
      mayConnectTo,
    });
    onTestFinished(() => source.close());
    return await source.read(selector, { from: 0, to: 60_000 }, new AbortController().signal);
  };

  it("says at once, and without the address, that it may not be asked", async () => {
    const server = await serveOnLoopback((_request, response) => void response.end());
    onTestFinished(() => server.close());
    const { port } = new URL(server.url);
    await expect(read(`http://localhost:${port}`, () => false)).rejects.toMatchObject({
      code: "query-rejected",
      message: expect.stringMatching(/^http:\/\/localhost:\d+\/api\/v1\/query: .*allowedAddresses/),
    });
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect to another server: %i", async (status) => {
    const asked: string[] = [];
    const inside = await serveOnLoopback((request, response) => {
      asked.push(request.url ?? "");
      response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
    });
    const outside = await serveOnLoopback((_request, response) => {
      response.writeHead(status, { location: `${inside.url}/api/v1/query` }).end();
    });
    onTestFinished(async () => {
      await Promise.all([inside.close(), outside.close()]);
    });
    for (const mayConnectTo of [undefined, () => true]) {
      await expect(read(outside.url, mayConnectTo)).rejects.toThrow(String(status));
    }
    expect(asked).toEqual([]);
  });
});

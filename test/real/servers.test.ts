/** The servers the other tests here rely on do what those tests take for granted. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { startEnvoy } from "../servers/start-envoy.ts";
import {
  type PrometheusOptions,
  type RunningPrometheus,
  startPrometheus,
} from "../servers/start-prometheus.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const samples = [
  "# TYPE requests counter",
  'requests_total{pod="a"} 7 1700000000',
  'requests_total{pod="a"} 9 1700000015.5',
  "# EOF",
  "",
].join("\n");

describe("startPrometheus", () => {
  it("answers queries", async () => {
    const prometheus = await running();
    expect(await query(prometheus.url, "vector(1)")).toEqual([
      { metric: {}, value: [expect.any(Number), "1"] },
    ]);
  });

  it("holds the back-filled samples, to the millisecond", async () => {
    const prometheus = await running({ blocksFrom: samples });
    const held = await query(prometheus.url, "requests_total[60s]", 1_700_000_030);
    expect(held).toEqual([
      {
        metric: { __name__: "requests_total", pod: "a" },
        values: [
          [1_700_000_000, "7"],
          [1_700_000_015.5, "9"],
        ],
      },
    ]);
  });

  it("is there again with its samples after a crash", async () => {
    const prometheus = await running({ blocksFrom: samples });
    await prometheus.kill();
    await expect(query(prometheus.url, "vector(1)")).rejects.toThrow("fetch failed");
    await prometheus.restart();
    expect(await query(prometheus.url, "requests_total", 1_700_000_030)).toHaveLength(1);
  });

  it("hangs while it is paused", async () => {
    const prometheus = await running();
    await prometheus.pause();
    const hung = fetch(`${prometheus.url}/-/ready`, { signal: AbortSignal.timeout(300) });
    await expect(hung).rejects.toThrow("aborted due to timeout");
    prometheus.resume();
    expect(await query(prometheus.url, "vector(1)")).toHaveLength(1);
  });
});

describe("startEnvoy", () => {
  it("splits the requests by weight and counts them by cluster", async () => {
    const envoy = await startEnvoy({
      clusters: [
        { name: "canary", port: await answeringWith("canary"), weight: 10 },
        { name: "baseline", port: await answeringWith("baseline"), weight: 90 },
      ],
    });
    cleanups.push(envoy.stop);

    const split = await requests(envoy.url, 1_000);
    // Binomial(1000, 0.1) is outside 40 … 170 with a probability below 1e-10.
    expect(split["canary"]).toBeGreaterThan(40);
    expect(split["canary"]).toBeLessThan(170);
    expect((split["canary"] ?? 0) + (split["baseline"] ?? 0)).toBe(1_000);

    const metrics = await (await fetch(`http://${envoy.metrics.target}${envoy.metrics.path}`)).text();
    const counted = /envoy_cluster_upstream_rq\{[^}]*envoy_cluster_name="canary"[^}]*\} (\d+)/.exec(
      metrics,
    )?.[1];
    expect(Number(counted)).toBe(split["canary"]);
  });

  it("moves the traffic while it runs", async () => {
    const envoy = await startEnvoy({
      clusters: [
        { name: "canary", port: await answeringWith("canary"), weight: 0 },
        { name: "baseline", port: await answeringWith("baseline"), weight: 100 },
      ],
    });
    cleanups.push(envoy.stop);
    expect(await requests(envoy.url, 50)).toEqual({ baseline: 50 });
    await envoy.setWeights({ canary: 100, baseline: 0 });
    expect(await requests(envoy.url, 50)).toEqual({ canary: 50 });
  });
});

async function running(options: PrometheusOptions = {}): Promise<RunningPrometheus> {
  const prometheus = await startPrometheus(options);
  cleanups.push(prometheus.stop);
  return prometheus;
}

/** The result of an instant query, as the HTTP API writes it. */
async function query(url: string, promQl: string, timeSeconds?: number): Promise<unknown> {
  const parameters = new URLSearchParams({ query: promQl });
  if (timeSeconds !== undefined) parameters.set("time", String(timeSeconds));
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  const answer = (await response.json()) as { readonly data: { readonly result: unknown } };
  return answer.data.result;
}

async function answeringWith(text: string): Promise<number> {
  const server: Server = createServer((_, response) => void response.end(text)).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP address was wanted");
  return address.port;
}

/** How often each server answered. */
async function requests(url: string, count: number): Promise<Record<string, number>> {
  const split: Record<string, number> = {};
  for (let sent = 0; sent < count; sent++) {
    const body = await (await fetch(url)).text();
    split[body] = (split[body] ?? 0) + 1;
  }
  return split;
}

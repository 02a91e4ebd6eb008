import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type LoadOptions, startLoad } from "../../../../src/adapters/cli/demo/demo-load.ts";
import { startDemoService } from "../../../../src/adapters/cli/demo/demo-service.ts";
import { seeded } from "../../../support/seeded.ts";

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function openLoad(options: LoadOptions) {
  const load = startLoad(options);
  opened.push(load.stop);
  return load;
}

async function openService(version: string, errorRate: number) {
  const random = seeded(2);
  const latencyMs = { median: 5, sigma: 0.3 };
  const service = await startDemoService({ name: "shop", version, errorRate, latencyMs, random });
  opened.push(service.close);
  return service;
}

/** Answers nothing; says how many connections it got. */
async function openSilence() {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  opened.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("startLoad", () => {
  it("sends to real services by their shares and counts what they answer as they do", async () => {
    const good = await openService("v1", 0);
    const bad = await openService("v2", 1);
    const idle = await openService("v3", 0);
    const load = openLoad({
      targets: [
        { url: good.url, share: 3 },
        { url: bad.url, share: 1 },
        { url: idle.url, share: 0 },
      ],
      requestsPerSecond: 400,
      random: seeded(1),
    });
    await expect.poll(() => load.counts()[1]?.failed).toBeGreaterThanOrEqual(30);
    const before = load.counts();
    expect(before[0]?.ok).toBeGreaterThan(before[1]?.failed ?? 0);
    // On a machine that stood still for a second a connection may be closed as a request is sent on it.
    expect(before[0]).toMatchObject({ url: good.url, failed: 0 });
    expect(before[1]).toMatchObject({ url: bad.url, ok: 0 });
    expect(before[2]).toEqual({ url: idle.url, ok: 0, failed: 0, broken: 0, skipped: 0, inFlight: 0 });

    load.set({ shares: [0, 0, 1], requestsPerSecond: 100 });
    await expect.poll(() => load.counts()[2]?.ok).toBeGreaterThanOrEqual(5);
    const servedByGood = async () => {
      const text = await (await fetch(good.metricsUrl)).text();
      return Number(/http_requests_total\{.*status="200"\} (\d+)/.exec(text)?.[1]);
    };
    await expect.poll(async () => (load.counts()[0]?.ok ?? 0) - (await servedByGood())).toBe(0);
  });

  it("sends on when answers stay out, up to its bound", async () => {
    const url = await openSilence();
    const load = openLoad({
      targets: [{ url, share: 1 }],
      requestsPerSecond: 1_000,
      random: seeded(1),
      maxInFlight: 3,
    });
    await expect.poll(() => load.counts()[0]?.skipped).toBeGreaterThanOrEqual(10);
    await load.stop();
    expect(load.counts()[0]).toMatchObject({ ok: 0, failed: 0, broken: 0 });
  });

  it("counts requests that nothing answers as broken", async () => {
    const service = await openService("v1", 0);
    await service.close();
    const load = openLoad({
      targets: [{ url: service.url, share: 1 }],
      requestsPerSecond: 200,
      random: seeded(1),
    });
    await expect.poll(() => load.counts()[0]?.broken).toBeGreaterThanOrEqual(3);
    expect(load.counts()[0]?.ok).toBe(0);
  });

  it("ends with the signal", async () => {
    const service = await openService("v1", 0);
    const ending = new AbortController();
    const { signal } = ending;
    const load = openLoad({
      targets: [{ url: service.url, share: 1 }],
      requestsPerSecond: 200,
      random: seeded(1),
      signal,
    });
    await expect.poll(() => load.counts()[0]?.ok).toBeGreaterThanOrEqual(3);
    ending.abort();
    await load.stop();
    const counts = load.counts();
    expect(counts[0]?.broken).toBe(0);
  });
});

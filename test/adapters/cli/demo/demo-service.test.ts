import { afterEach, describe, expect, it } from "vitest";
import { type DemoServiceOptions, startDemoService } from "../../../../src/adapters/cli/demo/demo-service.ts";

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function open(options: Partial<DemoServiceOptions> = {}) {
  const service = await startDemoService({
    name: "shop",
    version: "v1",
    errorRate: 0,
    latencyMs: { median: 1, sigma: 0 },
    random: () => 0.5,
    ...options,
  });
  opened.push(service.close);
  return service;
}

async function ask(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

async function metricsOf(url: string): Promise<readonly string[]> {
  return (await (await fetch(url)).text()).split("\n");
}

describe("startDemoService", () => {
  it("counts nothing before its first request, under both statuses", async () => {
    const { metricsUrl } = await open();
    expect(await metricsOf(metricsUrl)).toEqual(
      expect.arrayContaining([
        'http_requests_total{service="shop",version="v1",status="200"} 0',
        'http_requests_total{service="shop",version="v1",status="500"} 0',
        'http_request_duration_seconds_count{service="shop",version="v1"} 0',
      ]),
    );
  });

  it("answers and counts as it was told to behave, and as it was told since", async () => {
    const { url, metricsUrl, set } = await open();
    expect([await ask(url), await ask(url)]).toEqual([200, 200]);
    set({ errorRate: 1 });
    expect(await ask(url)).toBe(500);
    expect(await metricsOf(metricsUrl)).toEqual(
      expect.arrayContaining([
        'http_requests_total{service="shop",version="v1",status="200"} 2',
        'http_requests_total{service="shop",version="v1",status="500"} 1',
        'http_request_duration_seconds_count{service="shop",version="v1"} 3',
      ]),
    );
  });

  it("draws its latency about the median", async () => {
    // cos(2π · 0.5) is -1 and cos(2π · 0) is 1: below and above the median by the same factor.
    const draws = [0.9, 0.5, 0.5, 0.9, 0.5, 0];
    const { url, metricsUrl, set } = await open({
      latencyMs: { median: 1_000_000, sigma: 12 },
      random: () => draws.shift() ?? 0,
    });
    const within = async (le: string) => {
      const head = `http_request_duration_seconds_bucket{le="${le}",service="shop",version="v1"} `;
      const line = (await metricsOf(metricsUrl)).find((one) => one.startsWith(head));
      return Number(line?.slice(head.length));
    };
    // exp(-12 · √(2 ln 2)) · 1,000 s is 0.7 ms: a busy machine has seconds for it.
    await ask(url);
    expect(await within("5")).toBe(1);
    // exp(2 · √(2 ln 2)) · 20 ms is 211 ms: never sooner.
    set({ latencyMs: { median: 20, sigma: 2 } });
    await ask(url);
    expect(await within("0.2")).toBeLessThanOrEqual(1);
    expect(await within("+Inf")).toBe(2);
  });

  it("cuts what is under way when it is closed", async () => {
    const { url, close } = await open({ latencyMs: { median: 60_000, sigma: 0 } });
    const asking = ask(url);
    const cut = expect(asking).rejects.toThrow();
    await close();
    await cut;
    await expect(ask(url)).rejects.toThrow();
  });
});

import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetScraper } from "../../../src/sources/scrape/target-scraper.ts";
import { type MetricsPod, startMetricsPod } from "../../support/metrics-pod.ts";

describe("TargetScraper", () => {
  const dispatcher = new Agent({ connections: 1 });
  const forever = new AbortController().signal;
  let pod: MetricsPod;

  beforeAll(async () => {
    pod = await startMetricsPod();
  });

  afterAll(async () => {
    await dispatcher.destroy();
    await pod.close();
  });

  function openScraper(): TargetScraper {
    const exposition = { maxLineLength: 1_000, maxLabels: 10, maxSamples: 10 };
    const shared = { retentionMs: 1_000, samplesPerSeries: 100, honourTimestamps: false, room: () => 10 };
    const rules = { dispatcher, timeoutMs: 60_000, maxBodyBytes: 1_000, exposition, ...shared };
    return new TargetScraper({ url: pod.url, labels: {} }, rules);
  }

  it("takes nothing while its clock is set back, and goes on when it has caught up", async () => {
    const scraper = openScraper();
    for (const [time, value] of [
      [100, 1],
      [50, 2],
      [100, 3],
      [150, 4],
    ] as const) {
      pod.answer({ body: `a ${value}\n` });
      await scraper.scrape(time, forever);
    }
    expect(scraper.memory.read("a", () => true, 0, 999)).toMatchObject([
      { times: [100, 150], values: [1, 4] },
    ]);
    expect(scraper.health.last).toEqual({ time: 150, error: null });
  });

  it("forgets by time even while every scrape fails", async () => {
    const scraper = openScraper();
    pod.answer({ body: "a 1\n" });
    await scraper.scrape(0, forever);
    pod.answer({ status: 500, body: "" });
    await scraper.scrape(999, forever);
    expect(scraper.memory.seriesCount).toBe(1);
    await scraper.scrape(1_000, forever);
    expect(scraper.memory.seriesCount).toBe(0);
  });

  it("tells when its first scrape is over, even one that failed", async () => {
    const scraper = openScraper();
    let isOver = false;
    void scraper.firstScrape.then(() => {
      isOver = true;
    });
    pod.answer({ status: 500, body: "" });
    await scraper.scrape(0, AbortSignal.abort());
    expect(isOver).toBe(false);
    await scraper.scrape(0, forever);
    expect(isOver).toBe(true);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Selector } from "../../../src/analysis/selector.ts";
import {
  createScrapeSource,
  type ScrapeSource,
  type ScrapeSourceOptions,
} from "../../../src/sources/scrape/scrape-source.ts";
import { startMetricsPod } from "../../support/metrics-pod.ts";
import { describeSampleSource, type HeldSeries } from "../../support/sample-source-contract.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { writeExposition } from "./write-exposition.ts";

const origin = 1_700_000_000_000;
const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function openPod(...options: Parameters<typeof startMetricsPod>) {
  const pod = await startMetricsPod(...options);
  opened.push(pod.close);
  return pod;
}

function openSource(options: Omit<ScrapeSourceOptions, "name" | "clock">) {
  const clock = createManualClock(origin);
  const source = createScrapeSource({ name: "pods", clock, ...options });
  opened.push(source.close);
  source.start();
  return { clock, source };
}

/** Moves the clock and waits until every target was scraped at that time. */
async function scrapeAt(time: number, clock: ManualClock, source: ScrapeSource): Promise<void> {
  clock.moveTo(time);
  const isDone = () => expect(source.targets().every(({ lastScrapeAt }) => lastScrapeAt === time)).toBe(true);
  await vi.waitFor(isDone, { interval: 1, timeout: 60_000 });
}

function read(
  source: ScrapeSource,
  metric: string,
  from = -1,
  to = 60_000,
  matchers: Selector["matchers"] = [],
) {
  const window = { from: origin + from, to: origin + to };
  return source.read({ metric, matchers }, window, new AbortController().signal);
}

async function closedUrl(): Promise<string> {
  const pod = await startMetricsPod();
  await pod.close();
  return pod.metricsUrl;
}

for (const format of ["prometheus", "openmetrics"] as const) {
  describeSampleSource(`createScrapeSource over ${format} text`, {
    origin,
    async holding(series) {
      const pod = await openPod();
      const type = format === "prometheus" ? "text/plain" : "application/openmetrics-text";
      const answerAt = (offset: number) =>
        pod.answer({
          headers: { "content-type": type },
          body: writeExposition(samplesAt(series, offset), format),
        });
      answerAt(0);
      const { clock, source } = openSource({ targets: [{ url: pod.url, labels: {} }], intervalMs: 15_000 });
      const last = Math.max(...series.flatMap(({ samples }) => samples.map(([offset]) => offset)));
      for (let offset = 0; offset <= last; offset += 15_000) {
        answerAt(offset);
        await scrapeAt(origin + offset, clock, source);
      }
      return source;
    },
    async unreachable() {
      const { clock, source } = openSource({ targets: [{ url: await closedUrl(), labels: {} }] });
      await scrapeAt(origin, clock, source);
      return source;
    },
  });
}

function samplesAt(series: readonly HeldSeries[], offset: number) {
  return series.flatMap(({ labels: { __name__: name = "", ...labels }, samples }) => {
    const value = samples.find(([time]) => time === offset)?.[1];
    return value === undefined ? [] : [{ name, labels, value }];
  });
}

describe("createScrapeSource", () => {
  it.each(["prometheus", "openmetrics"] as const)(
    "reads a real registry in %s text, labels of its target put on",
    async (format) => {
      const pod = await openPod({ version: "v1" }, format);
      const { clock, source } = openSource({
        targets: [{ url: pod.url, labels: { pod: "a-1", version: "v9" } }],
        intervalMs: 10_000,
      });
      await scrapeAt(origin, clock, source);
      pod.count(3, { status: "500", seconds: 0.3 });
      await scrapeAt(origin + 10_000, clock, source);
      const instance = new URL(pod.url).host;
      const target = { instance, pod: "a-1", version: "v9", exported_version: "v1" };
      expect(await read(source, "http_requests_total")).toEqual({
        series: [
          {
            labels: { __name__: "http_requests_total", status: "500", ...target },
            times: [origin + 10_000],
            values: [3],
          },
        ],
        warnings: [],
      });
      const slow = [{ label: "le", op: "=~", value: "0.25|0.5" }] as const;
      const buckets = await read(source, "http_request_duration_seconds_bucket", 0, 60_000, slow);
      expect(buckets.series.map(({ labels, values }) => [labels["le"], values])).toEqual([
        ["0.25", [0]],
        ["0.5", [3]],
      ]);
    },
  );

  it("gives every series of a scrape the time it was started at", async () => {
    const pod = await openPod();
    pod.answer({ body: "a 1 123\nb 2\n" });
    const { clock, source } = openSource({ targets: [{ url: pod.url, labels: {} }] });
    await scrapeAt(origin, clock, source);
    expect((await read(source, "a")).series[0]?.times).toEqual([origin]);
    expect((await read(source, "b")).series[0]?.times).toEqual([origin]);
  });

  it("honours a target's own timestamps where it is told to, each once", async () => {
    const pod = await openPod();
    pod.answer({ body: `a 1 ${origin - 500}\nb 2\n` });
    const { clock, source } = openSource({
      targets: [{ url: pod.url, labels: {} }],
      intervalMs: 10_000,
      honourTimestamps: true,
    });
    await scrapeAt(origin, clock, source);
    await scrapeAt(origin + 10_000, clock, source);
    expect((await read(source, "a", -50_000)).series[0]?.times).toEqual([origin - 500]);
    expect((await read(source, "b", -50_000)).series[0]?.times).toEqual([origin, origin + 10_000]);
    pod.answer({ body: `a 2 ${origin + 3_600_000}\n` });
    await scrapeAt(origin + 20_000, clock, source);
    expect(source.targets()[0]?.error).toContain("line 1: a timestamp");
  });

  it("leaves a gap where a scrape fails, and says why", async () => {
    const pod = await openPod();
    pod.answer({ body: "a 1\n" });
    const { clock, source } = openSource({
      targets: [{ url: pod.metricsUrl, labels: { pod: "a-1" } }],
      intervalMs: 10_000,
    });
    await scrapeAt(origin, clock, source);
    expect(source.targets()).toEqual([
      { url: pod.metricsUrl, labels: { pod: "a-1" }, lastScrapeAt: origin, error: null },
    ]);
    pod.answer({ body: "a 2\nb oops\n" });
    await scrapeAt(origin + 10_000, clock, source);
    expect(source.targets()[0]?.error).toBe('line 2: wanted a value, met "oops"');
    pod.answer({ body: "a 3\n" });
    await scrapeAt(origin + 20_000, clock, source);
    expect(await read(source, "a")).toMatchObject({
      series: [{ times: [origin, origin + 20_000], values: [1, 3] }],
      warnings: [
        `target ${pod.metricsUrl} could not be scraped for a part of the window: line 2: wanted a value, met "oops"`,
      ],
    });
    expect((await read(source, "a", 10_000)).warnings).toEqual([]);
  });

  it("answers from the targets that can be scraped and warns of the others", async () => {
    const pod = await openPod();
    const dead = await closedUrl();
    const { clock, source } = openSource({
      targets: [
        { url: pod.metricsUrl, labels: {} },
        { url: dead, labels: {} },
      ],
      // Both targets' times coincide at the start only.
      intervalMs: 3_600_000,
      retentionMs: 36_000_000,
    });
    pod.count(1, { status: "200", seconds: 0.1 });
    await scrapeAt(origin, clock, source);
    const answer = await read(source, "http_requests_total");
    expect(answer.series).toHaveLength(1);
    expect(answer.warnings).toHaveLength(1);
    expect(answer.warnings[0]).toMatch(`target ${dead} could not be scraped: `);
    expect(answer.warnings[0]).toMatch("ECONNREFUSED");
  });

  it("says source-unavailable, naming them, when no target could be scraped in the window", async () => {
    const pod = await openPod();
    pod.answer({ status: 500, body: "" });
    const { clock, source } = openSource({
      targets: [{ url: pod.metricsUrl, labels: {} }],
      intervalMs: 10_000,
    });
    await scrapeAt(origin, clock, source);
    pod.answer("metrics");
    await scrapeAt(origin + 10_000, clock, source);
    await expect(read(source, "a", -1, 500)).rejects.toMatchObject({
      code: "source-unavailable",
      message: `no target of source pods could be scraped: ${pod.metricsUrl} could not be scraped: answered status 500, wanted 200`,
    });
    expect((await read(source, "a", -1, 10_000)).series).toEqual([]);
  });

  it("says source-unavailable for a window before its first scrape, and before it is started", async () => {
    const pod = await openPod();
    const { clock, source } = openSource({ targets: [{ url: pod.metricsUrl, labels: {} }] });
    await scrapeAt(origin, clock, source);
    const nothing = { code: "source-unavailable", message: expect.stringContaining("no scrape on record") };
    await expect(read(source, "a", -60_000, -1)).rejects.toMatchObject(nothing);
    const idle = createScrapeSource({ name: "idle", clock, targets: [{ url: pod.url, labels: {} }] });
    await expect(read(idle, "a")).rejects.toMatchObject(nothing);
    await idle.close();
  });

  it("forgets what is older than the retention", async () => {
    const pod = await openPod();
    pod.answer({ body: "old 1\na 1\n" });
    const { clock, source } = openSource({
      targets: [{ url: pod.url, labels: {} }],
      intervalMs: 10_000,
      retentionMs: 30_000,
    });
    await scrapeAt(origin, clock, source);
    pod.answer({ body: "a 1\n" });
    for (let offset = 10_000; offset <= 50_000; offset += 10_000)
      await scrapeAt(origin + offset, clock, source);
    expect((await read(source, "a")).series[0]?.times).toEqual(
      [20_000, 30_000, 40_000, 50_000].map((offset) => origin + offset),
    );
    expect((await read(source, "old")).series).toEqual([]);
  });

  it("fails a scrape past the limit of series over all targets, and keeps those it has", async () => {
    const first = await openPod();
    first.answer({ body: 'a{x="1"} 1\na{x="2"} 1\n' });
    const { clock, source } = openSource({
      targets: [{ url: first.url, labels: {} }],
      intervalMs: 10_000,
      limits: { maxSeries: 2 },
    });
    await scrapeAt(origin, clock, source);
    first.answer({ body: 'a{x="1"} 2\na{x="3"} 1\n' });
    await scrapeAt(origin + 10_000, clock, source);
    expect(source.targets()[0]?.error).toBe("1 new series where there is room for 0");
    expect((await read(source, "a")).series.map(({ values }) => values)).toEqual([[1], [1]]);
  });

  it("counts the samples it may have to hold, not only the series", async () => {
    const pod = await openPod();
    pod.answer({ body: "a 1\nb 1\n" });
    const { clock, source } = openSource({
      targets: [{ url: pod.url, labels: {} }],
      intervalMs: 10_000,
      retentionMs: 90_000,
      limits: { maxSamples: 19 },
    });
    await scrapeAt(origin, clock, source);
    expect(source.targets()[0]?.error).toBe("2 new series where there is room for 1");
  });

  it("gives up on a target that does not answer within the interval", async () => {
    const pod = await openPod();
    pod.answer("hang");
    const { clock, source } = openSource({ targets: [{ url: pod.url, labels: {} }], intervalMs: 100 });
    await scrapeAt(origin, clock, source);
    expect(source.targets()[0]?.error).toBe("no answer within 100ms");
  });

  it("ends a scrape under way when it is closed, without a trace, and stays readable", async () => {
    const pod = await openPod();
    pod.answer({ body: "a 1\n" });
    const { clock, source } = openSource({ targets: [{ url: pod.url, labels: {} }] });
    await scrapeAt(origin, clock, source);
    pod.answer("hang");
    clock.moveTo(origin + 5_000);
    await expect.poll(() => pod.scrapes, { interval: 1 }).toBe(2);
    await source.close();
    expect(source.targets()[0]).toMatchObject({ lastScrapeAt: origin, error: null });
    expect((await read(source, "a")).series).toHaveLength(1);
    clock.moveTo(origin + 10_000);
    expect(pod.scrapes).toBe(2);
  });

  it("starts once", async () => {
    const pod = await openPod();
    const { clock, source } = openSource({ targets: [{ url: pod.url, labels: {} }] });
    source.start();
    await scrapeAt(origin, clock, source);
    await scrapeAt(origin + 5_000, clock, source);
    expect(pod.scrapes).toBe(2);
  });

  it("checks that its targets answer, waiting for their first scrape", async () => {
    const pod = await openPod();
    const { source } = openSource({ targets: [{ url: pod.url, labels: {} }] });
    await expect(source.check(new AbortController().signal)).resolves.toBeUndefined();
    const { source: dead } = openSource({ targets: [{ url: await closedUrl(), labels: {} }] });
    await expect(dead.check(new AbortController().signal)).rejects.toMatchObject({
      code: "source-unavailable",
    });
    pod.answer("hang");
    const { source: slow } = openSource({ targets: [{ url: pod.url, labels: {} }] });
    const giveUp = new AbortController();
    const checking = slow.check(giveUp.signal);
    const reason = new Error("enough");
    giveUp.abort(reason);
    await expect(checking).rejects.toBe(reason);
  });

  it("refuses no targets, too many, and two that are the same", () => {
    const create = (urls: readonly string[], labels: Readonly<Record<string, string>> = {}) =>
      createScrapeSource({
        name: "pods",
        clock: createManualClock(origin),
        targets: urls.map((url) => ({ url, labels })),
        limits: { maxTargets: 2 },
      });
    const refused = expect.objectContaining({ code: "invalid-settings" });
    expect(() => create([])).toThrowError(refused);
    expect(() => create(["http://a:1", "http://a:2", "http://a:3"])).toThrowError(refused);
    expect(() => create(["http://a:1", "http://a:1/metrics"])).toThrowError(refused);
    expect(() => create(["http://a:1", "http://a:2"], { instance: "same" })).toThrowError(refused);
  });
});

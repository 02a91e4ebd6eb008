import { describe, expect, it } from "vitest";
import type { AnalysisState } from "../../../src/analysis/advance/state.ts";
import type { SampleSource, Series } from "../../../src/analysis/ports.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import { type RunLiveOptions, runLive } from "../../../src/analysis/run/run-live.ts";
import type { AnalysisStep } from "../../../src/analysis/run/step.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { sourceOf, syntheticService } from "../../support/synthetic-service.ts";

const startedAt = Date.UTC(2026, 0, 1);
const spec = parseSpec({
  service: "checkout",
  telemetry: "http",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
});
const service = (errorRate: number | ((second: number) => number)) =>
  syntheticService({
    startedAt,
    seconds: 900,
    cohorts: [
      { version: "v1", pods: 3, requestsPerSecond: 20, errorRate: 0.005, latency: 0.04 },
      { version: "v2", pods: 2, requestsPerSecond: 10, errorRate, latency: 0.04 },
    ],
  });

function options(change: Partial<RunLiveOptions>): RunLiveOptions {
  return {
    id: "a",
    spec,
    sources: [],
    clock: fakeClock(startedAt),
    startedAt,
    state: null,
    ingestionDelayMs: 0,
    signal: new AbortController().signal,
    ...change,
  };
}

const steps = async (change: Partial<RunLiveOptions>) => await Array.fromAsync(runLive(options(change)));

const last = (all: readonly AnalysisStep[]) => all.at(-1)?.result;

/** A source that is away between two seconds of the analysis. */
function awayBetween(series: readonly Series[], from: number, to: number) {
  let now = startedAt;
  const clock = fakeClock(startedAt, (time) => {
    now = time;
  });
  const failing = { from: startedAt + from * 1_000, to: startedAt + to * 1_000, now: () => now };
  return { clock, sources: [sourceOf(series, failing)] };
}

describe("runLive", () => {
  it("looks every interval, at every tick's end and at the deadline", async () => {
    const all = await steps({ sources: [sourceOf(service(0.005))] });
    const seconds = all.map(({ look }) => (Date.parse(look.at) - startedAt) / 1_000);
    expect(seconds).toEqual(Array.from({ length: 41 }, (_, i) => i * 15));
  });

  it("gives the verdict that a replay of the same samples gives, bit for bit", async () => {
    const sources = [sourceOf(service(0.03))];
    const live = await steps({ sources, ingestionDelayMs: 5_000 });
    const { signal } = new AbortController();
    const replayed = await Array.fromAsync(replay({ id: "a", spec, sources, startedAt, signal }));
    expect(replayed.map(({ result }) => result)).toEqual(live.map(({ result }) => result));
    expect(last(live)?.verdict).toBe("fail");
  });

  it("goes on from a state that has been through JSON at every look", async () => {
    const sources = [sourceOf(service(0.005))];
    const whole = await steps({ sources });
    let state: AnalysisState | null = null;
    let at = startedAt;
    for (const step of whole) {
      const run: AsyncGenerator<AnalysisStep> = runLive({
        id: "a",
        spec,
        sources,
        clock: fakeClock(at),
        startedAt,
        state,
        ingestionDelayMs: 0,
        signal: new AbortController().signal,
      });
      const next = await run.next();
      expect(next.value?.result).toEqual(step.result);
      state = JSON.parse(JSON.stringify(next.value?.state));
      at = Date.parse(step.look.at);
    }
  });

  it("loses nothing when the source is away for three minutes and comes back", async () => {
    const series = service(0.05);
    const undisturbed = last(await steps({ sources: [sourceOf(series)] }));
    const disturbed = last(await steps(awayBetween(series, 100, 280)));
    expect(undisturbed?.verdict).toBe("fail");
    expect(disturbed?.verdict).toBe("fail");
    const good = service(0.005);
    const [all, most] = await Promise.all([
      steps({ sources: [sourceOf(good)] }),
      steps(awayBetween(good, 100, 280)),
    ]);
    expect(last(most)?.metrics[0]?.canary).toEqual(last(all)?.metrics[0]?.canary);
    expect(last(most)?.verdict).toBe("pass");
  });

  it("does not take ticks in which the source was away for silence of the canary", async () => {
    const all = await steps(awayBetween(service(0.005), 60, 480));
    expect(last(all)).toMatchObject({ verdict: "pass" });
  });

  it("ends inconclusive when the source stays away longer than its budget", async () => {
    const all = await steps(awayBetween(service(0.005), 100, 10_000));
    expect(last(all)).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
    expect(last(all)?.reason.text).toContain("the test took it away");
  });

  it("waits past the deadline for a source that is away, and judges when it is back", async () => {
    const all = await steps(awayBetween(service(0.005), 500, 700));
    expect(last(all)).toMatchObject({ verdict: "pass" });
    expect((Date.parse(last(all)?.decidedAt ?? "") - startedAt) / 1_000).toBeGreaterThanOrEqual(700);
  });

  it("judges latency from the first look by a source that cannot say what was an hour ago", async () => {
    const whole = sourceOf(service(0.005));
    const young: SampleSource = {
      ...whole,
      read: (selector, window, signal) =>
        window.to < startedAt
          ? Promise.reject(new CoalmineError("source-unavailable", "nothing is remembered of then"))
          : whole.read(selector, window, signal),
    };
    const result = last(await steps({ sources: [young] }));
    expect(result?.metrics[1]).toMatchObject({ kind: "latency", verdict: "pass" });
    expect(result?.metrics[1]?.canary?.total).toBe(result?.metrics[0]?.canary?.total);
  });

  it.each([
    { gone: 250, until: 700, silent: "6m" },
    { gone: 400, until: 700, silent: "3m30s" },
    // It goes on without its samples for a while before it is away.
    { gone: 300, away: 420, until: 700, silent: "5m" },
  ])(
    "passes nothing by samples that are old when it comes back after the deadline without others: $gone s",
    async ({ gone, away = gone, until, silent }) => {
      const isHeld = (time: number) => time <= startedAt + gone * 1_000 || time > startedAt + until * 1_000;
      const held = service((second) => (second < gone ? 0.005 : 0.3)).map((one) => ({
        ...one,
        times: one.times.filter(isHeld),
        values: one.values.filter((_, i) => isHeld(one.times[i] ?? 0)),
      }));
      const result = last(await steps(awayBetween(held, away, until)));
      expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
      expect(result?.reason.text).toContain(`no usable canary samples for ${silent}`);
    },
  );

  it("waits for a source that goes away while the dispersion is measured", async () => {
    const auto = parseSpec({
      service: "checkout",
      telemetry: "http",
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      dispersion: "auto",
    });
    const whole = sourceOf(service(0.005));
    let away = true;
    const source: SampleSource = {
      name: "default",
      async read(selector, window, signal) {
        // Only the measurement reaches back an hour for request counters.
        const isMeasurement =
          selector.metric === "http_requests_total" && window.to - window.from > 3_000_000;
        if (isMeasurement && away) {
          away = false;
          throw new CoalmineError("source-unavailable", "the test took it away");
        }
        return await whole.read(selector, window, signal);
      },
    };
    const all = await steps({ spec: auto, sources: [source] });
    expect(away).toBe(false);
    expect(all.map(({ result }) => result.reason.text)[0]).toContain("the test took it away");
    expect(all).toHaveLength(41);
  });

  it("never passes a canary whose series lost the label that tells errors", async () => {
    const renamed = service(0.5).map((one) => {
      const { status, ...labels } = one.labels;
      return status === undefined || labels["version"] !== "v2"
        ? one
        : { ...one, labels: { ...labels, code: status } };
    });
    const result = last(await steps({ sources: [sourceOf(renamed)] }));
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
    expect(result?.warnings).toContainEqual({
      code: "bad-data",
      text: expect.stringContaining("lacks the label"),
    });
  });

  it("warns of a source without the canary, and of a ratio whose bad events are nowhere", async () => {
    const series = service(0.005);
    const two = parseSpec({
      service: "checkout",
      telemetry: "http",
      source: ["here", "there"],
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: "refunds", kind: "ratio", bad: "refnds_total", total: "http_requests_total" }],
    });
    const baselineOnly = series.filter(({ labels }) => labels["version"] === "v1");
    const [first] = await steps({ spec: two, sources: [sourceOf(series), sourceOf(baselineOnly)] });
    const texts = first?.result.warnings.map(({ text }) => text) ?? [];
    expect(texts).toContainEqual(expect.stringMatching(/^refunds: no canary series yet .* in there$/));
    expect(texts).toContainEqual(expect.stringMatching(/^refunds: no bad events yet from refnds_total/));
    expect(texts).toHaveLength(2);
  });

  it("ends as cancelled when the caller gives up", async () => {
    const controller = new AbortController();
    const clock = fakeClock(startedAt, (now) => {
      if (now >= startedAt + 60_000) controller.abort();
    });
    const all = await steps({ sources: [sourceOf(service(0.005))], clock, signal: controller.signal });
    expect(last(all)).toMatchObject({
      phase: "cancelled",
      verdict: "inconclusive",
      reason: { code: "cancelled" },
    });
  });

  it("leaves out looks that it was too busy for, and no counts", async () => {
    const sources = [sourceOf(service(0.005))];
    const prompt = await steps({ sources });
    const clock = fakeClock(startedAt);
    const busy: AnalysisStep[] = [];
    for await (const step of runLive(options({ sources, clock }))) {
      busy.push(step);
      if (busy.length === 3) await clock.until(startedAt + 400_000, new AbortController().signal);
    }
    expect(busy.length).toBeLessThan(prompt.length);
    expect(last(busy)?.metrics[0]?.canary?.total).toBe(last(prompt)?.metrics[0]?.canary?.total);
  });

  it("takes every look that was past when it was opened, and finds what it would have found live", async () => {
    const sources = [sourceOf(service(0.03))];
    const live = await steps({ sources });
    const late = await steps({ sources, clock: fakeClock(startedAt + 400_000) });
    expect(late).toEqual(live);
  });

  it("does not hold a source's absence against the time before anybody asked it", async () => {
    const series = service(0.005);
    const { clock, sources } = awayBetween(series, 420, 460);
    const slow = { ...spec, sourceTimeoutMs: 300_000 };
    await clock.until(startedAt + 420_000, new AbortController().signal);
    const late = await steps({ sources, clock, spec: slow });
    expect(last(late)?.reason.code).not.toBe("source-unavailable");
  });

  it("says while it runs what it has seen and how long it may still take", async () => {
    const all = await steps({ sources: [sourceOf(service(0.005))] });
    const texts = all.map(({ result }) => result.reason.text);
    expect(texts[2]).toContain("are not judged yet");
    expect(texts[20]).toMatch(/^no verdict yet, 5m to go; errors: canary .*, baseline .*; latency: canary /);
  });

  it("tells the engine of a weight once, before the look that follows", async () => {
    const weights: (number | null)[] = [];
    let asked = 0;
    const weight = () => (asked++ < 3 ? null : 25);
    for await (const { state } of runLive(options({ sources: [sourceOf(service(0.005))], weight })))
      weights.push(state.weight);
    expect(weights.slice(0, 5)).toEqual([null, null, null, 25, 25]);
  });

  it("does not care in which order the source lists its series", async () => {
    const series = service(0.03);
    const a = await steps({ sources: [sourceOf(series)] });
    const b = await steps({ sources: [sourceOf(series.toReversed())] });
    expect(last(b)).toEqual(last(a));
  });

  it("does not care how many series a cohort's counts are split into", async () => {
    const series = service(0.03);
    // Every request up to a moment went to one path, every one after it to another.
    const split = series.flatMap(({ labels, times, values }) => {
      const turn = values[times.findIndex((time) => time >= startedAt + 40_000)] ?? 0;
      return [
        { labels: { ...labels, path: "/a" }, times, values: values.map((value) => Math.min(value, turn)) },
        {
          labels: { ...labels, path: "/b" },
          times,
          values: values.map((value) => Math.max(0, value - turn)),
        },
      ];
    });
    const a = await steps({ sources: [sourceOf(series)] });
    const b = await steps({ sources: [sourceOf(split)] });
    expect(last(b)).toEqual(last(a));
  });

  it("keeps its state of errors and latency under 8 KB", async () => {
    const all = await steps({ sources: [sourceOf(service(0.005))] });
    const sizes = all.map(({ state }) => JSON.stringify(state).length);
    expect(Math.max(...sizes)).toBeLessThan(8_192);
  });
});

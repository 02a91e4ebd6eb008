import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { judge } from "../../src/analysis/judge.ts";
import type { SampleSource } from "../../src/analysis/ports.ts";
import { judgeCounts } from "../../src/analysis/run/judge-counts.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { createManualClock } from "../sources/scrape/manual-clock.ts";
import { specOf } from "../support/sample-record.ts";
import { scriptedRuns } from "../support/scripted-runs.ts";

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const never = new AbortController().signal;
const source: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };

function setUp() {
  const clock = createManualClock(now);
  const script = scriptedRuns();
  const options = {
    sources: new Map([["default", { source, ingestionDelayMs: 5_000 }]]),
    clock,
    newId: () => "judged",
    judgeMs: 60_000,
    replay: script.runs.replay,
    judgeCounts,
  };
  return { options, clock, script };
}

const windows = [
  { name: "from and to", from: now - 30 * minute, to: now - 10 * minute, starts: -30, lasts: 20 },
  { name: "from", from: now - 30 * minute, starts: -30, lasts: 10 },
  { name: "from, less than a duration ago", from: now - 4 * minute, starts: -4, lasts: 4 },
  { name: "to", to: now - 10 * minute, starts: -20, lasts: 10 },
  { name: "neither", starts: -10, lasts: 10 },
];

it.each(windows)("replays the window given by $name", async ({ name: _, starts, lasts, ...window }) => {
  const { options, script } = setUp();
  const judging = judge(options, { kind: "window", spec: specOf(), ...window }, never);
  script.last.look();
  script.last.pass();
  expect(await judging).toMatchObject({ id: "judged", verdict: "pass" });
  const { startedAt, spec } = script.last.options;
  expect([(startedAt - now) / minute, spec.durationMs / minute]).toEqual([starts, lasts]);
});

it.each([
  ["ends in the future", { from: now - 10 * minute, to: now + 1 }, ["to"]],
  ["is shorter than a tick", { from: now - minute + 1, to: now }, ["from"]],
  ["ends before it begins, in the future", { from: now + 5 * minute, to: now + minute }, ["to", "from"]],
  ["has too many looks", { from: now - 400 * 24 * 60 * minute, to: now }, ["from"]],
])("refuses a window that %s", async (_, window, paths) => {
  const { options, script } = setUp();
  const error: unknown = await judge(options, { kind: "window", spec: specOf(), ...window }, never).catch(
    (e) => e,
  );
  expect(error).toMatchObject({ code: "invalid-request" });
  expect((error as CoalmineError).problems.map(({ path }) => path)).toEqual(paths);
  expect(script.opened).toHaveLength(0);
});

it("gives up a window that takes too long", async () => {
  const { options, clock, script } = setUp();
  const judging = judge(options, { kind: "window", spec: specOf() }, never);
  script.last.look();
  await nextTurn();
  clock.moveTo(now + 60_000);
  await expect(judging).rejects.toMatchObject({ code: "too-large" });
  expect(script.last.options.signal.aborted).toBe(true);
});

it("gives up when the caller does, with the caller's reason and no verdict", async () => {
  const { options, script } = setUp();
  const leaving = new AbortController();
  const judging = judge(options, { kind: "window", spec: specOf() }, leaving.signal);
  script.last.look();
  await nextTurn();
  const reason = new Error("the client left");
  leaving.abort(reason);
  await expect(judging).rejects.toBe(reason);
});

it("lets the source's failure through", async () => {
  const { options, script } = setUp();
  const judging = judge(options, { kind: "window", spec: specOf() }, never);
  const away = new CoalmineError("source-unavailable", "nobody answers");
  script.last.fail(away);
  await expect(judging).rejects.toBe(away);
});

it("never takes a replay without a verdict for one", async () => {
  const { options, script } = setUp();
  const judging = judge(options, { kind: "window", spec: specOf() }, never);
  script.last.look();
  script.last.breakOff();
  await expect(judging).rejects.toThrow("before a verdict");
});

const counts = { canary: { total: 10_000, bad: 500 }, baseline: { total: 10_000, bad: 50 } };

it("judges counts by the spec's one metric that takes them, and leaves latency out", async () => {
  const result = await judge(setUp().options, { kind: "counts", spec: specOf(), counts }, never);
  expect(result).toMatchObject({ id: "judged", phase: "done", verdict: "fail" });
  expect(result.metrics.map(({ name, canary }) => [name, canary?.bad])).toEqual([["errors", 500]]);
});

it("judges counts tick by tick, by the metric's name", async () => {
  const ticks = Array.from({ length: 10 }, () => ({ metrics: { errors: counts } }));
  const result = await judge(setUp().options, { kind: "ticks", spec: specOf(), ticks }, never);
  expect(result).toMatchObject({ verdict: "fail" });
  expect(result.metrics[0]?.canary?.total).toBeGreaterThanOrEqual(10_000);
});

const ratio = {
  name: "refunds",
  kind: "ratio",
  bad: 'refunds_total{outcome="failed"}',
  total: "refunds_total",
  compare: {},
};
const errors = { name: "errors", kind: "errors", compare: {} };

it("refuses counts that fit two metrics, or none", async () => {
  const { options } = setUp();
  const ask = (metrics: readonly object[]) =>
    judge(options, { kind: "counts", spec: specOf({ metrics }), counts }, never);
  await expect(ask([errors, ratio])).rejects.toMatchObject({
    code: "invalid-request",
    problems: [{ path: "counts", message: expect.stringContaining("errors and refunds") }],
  });
  const latency = { name: "p99", kind: "latency", quantile: 0.99, compare: {} };
  await expect(ask([latency])).rejects.toMatchObject({ problems: [{ path: "spec.metrics" }] });
});

it("refuses a baseline that the spec does not name, and misses one that it does", async () => {
  const { options } = setUp();
  const limited = specOf({
    cohorts: { canary: { version: "v2" } },
    metrics: [{ name: "errors", kind: "errors", limit: "1%" }],
  });
  await expect(judge(options, { kind: "counts", spec: limited, counts }, never)).rejects.toMatchObject({
    code: "invalid-request",
    problems: [{ path: "counts.baseline" }],
  });
  const alone = { ...counts, baseline: null };
  const ticks = [{ metrics: { errors: counts } }, { metrics: { errors: alone } }];
  await expect(judge(options, { kind: "ticks", spec: specOf(), ticks }, never)).rejects.toMatchObject({
    code: "invalid-request",
    problems: [{ path: "ticks.1.metrics.errors.baseline" }],
  });
});

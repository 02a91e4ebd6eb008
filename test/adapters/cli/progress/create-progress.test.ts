import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createProgress } from "../../../../src/adapters/cli/progress/create-progress.ts";
import { failedResult, stepAt } from "../sample-result.ts";

const startedAt = Date.parse(failedResult.startedAt);
const durationMs = 600_000;

function written(stream: PassThrough): string {
  return String(stream.read() ?? "");
}

test("a log gets a line a tick, the verdict's too, and each warning once", () => {
  const stream = new PassThrough();
  const progress = createProgress({ stream, startedAt, durationMs, clock: null });
  progress.step(stepAt(1));
  progress.step(stepAt(1.25, { ticks: 1 }));
  progress.step(stepAt(2));
  progress.step(stepAt(2.5, { ticks: 2, phase: "done", verdict: "fail" }));
  progress.stop();
  expect(written(stream)).toBe(`\
warning: all errors come from one pod (single-pod)
1m of 10m: 1,204 canary requests, errors 41 : 1 of 20 : 1, p99 1.3 : 1 of 40 : 1
2m of 10m: 1,204 canary requests, errors 41 : 1 of 20 : 1, p99 1.3 : 1 of 40 : 1
2m30s of 10m: 1,204 canary requests, errors 41 : 1 of 20 : 1, p99 1.3 : 1 of 40 : 1
`);
});

test("a terminal gets a bar at once, that moves, says the evidence and goes away", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
  const progress = createProgress({ stream, startedAt, durationMs, clock: null });
  expect(written(stream)).toContain("░░░░ 0s of 10m: waiting for the first look");
  progress.step(stepAt(5));
  progress.stop();
  const text = written(stream);
  expect(text).toContain("██████████░░░░░░░░░░ 5m of 10m: 1,204 canary requests, errors 41 : 1 of 20 : 1");
  expect(text.endsWith("\u001B[2K")).toBe(true);
});

test("metrics without evidence are not named", () => {
  const stream = new PassThrough();
  const evidence = { fail: null, failNeeds: null, pass: null, passNeeds: null };
  const metrics = failedResult.metrics.map((metric) => ({ ...metric, evidence }));
  createProgress({ stream, startedAt, durationMs, clock: null }).step(stepAt(1, { metrics, warnings: [] }));
  expect(written(stream)).toBe("1m of 10m: 1,204 canary requests\n");
});

test("a source that goes away is told when it does and with every tick, and that it is back", () => {
  const stream = new PassThrough();
  const progress = createProgress({ stream, startedAt, durationMs, clock: null });
  const waiting = {
    warnings: [],
    metrics: [],
    reason: { code: "watching", text: "waiting for the source" },
  } as const;
  progress.step(stepAt(1.25, { ...waiting, ticks: 0 }, "no answer"));
  progress.step(stepAt(1.5, { ...waiting, ticks: 0 }, "no answer"));
  progress.step(stepAt(2, { ...waiting, ticks: 2 }, "no answer"));
  progress.step(stepAt(3, { ...waiting, ticks: 3 }));
  expect(written(stream)).toBe(`\
1m15s of 10m: waiting for the source
2m of 10m: waiting for the source
3m of 10m: 0 canary requests
`);
});

test("while pods warm up, that is what it says", () => {
  const stream = new PassThrough();
  const reason = { code: "warming-up", text: "pods younger than 3m are not judged yet" } as const;
  createProgress({ stream, startedAt, durationMs, clock: null }).step(stepAt(1, { reason, warnings: [] }));
  expect(written(stream)).toBe("1m of 10m: 1,204 canary requests, pods younger than 3m are not judged yet\n");
});

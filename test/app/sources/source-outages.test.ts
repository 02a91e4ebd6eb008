import { ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, it } from "vitest";
import { createSourceOutages } from "../../../src/app/sources/source-outages.ts";
import { aboutAnalysis, createAmbient } from "../../../src/app/tracing/ambient.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

const selector = { metric: "up", matchers: [] };
const window = { from: 0, to: 1 };
const start = Date.UTC(2026, 0, 1);

interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A source that answers as the test says, at the times that it says. */
function stage() {
  const lines: Line[] = [];
  const ambient = createAmbient();
  const note = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, ...ambient.logFields(), ...fields });
  let now = start;
  let failure: Error | null = null;
  const outages = createSourceOutages({
    logger: { info: note("info"), warn: note("warn"), error: note("error") },
    clock: { now: () => now, until: async () => undefined },
    ambient,
  });
  const read = async () => {
    if (failure !== null) throw failure;
    return { series: [], warnings: [] };
  };
  const sources = outages.watched(
    new Map([["eu", { source: { name: "default", read }, ingestionDelayMs: 7 }]]),
  );
  return {
    lines,
    outages,
    sources,
    /** A read of an analysis, or of nobody's; whether it was answered. */
    async read(afterSeconds: number, analysis: string | null, signal = new AbortController().signal) {
      now = start + afterSeconds * 1_000;
      const context = analysis === null ? ROOT_CONTEXT : aboutAnalysis(ROOT_CONTEXT, analysis);
      const answer = ambient.within(context, () => sources.get("eu")?.source.read(selector, window, signal));
      return await Promise.resolve(answer).then(
        (given) => given !== undefined,
        () => false,
      );
    },
    answer(with_: Error | null) {
      failure = with_;
    },
  };
}

const away = new CoalmineError("source-unavailable", "no connection");

it("says once that a source does not answer, and once that it does again", async () => {
  const { lines, read, answer } = stage();
  for (const analysis of ["a", "b", "c"]) expect(await read(0, analysis)).toBe(true);
  answer(away);
  for (const after of [15, 30, 45])
    for (const analysis of ["a", "b", "c"]) expect(await read(after, analysis)).toBe(false);
  expect(lines).toEqual([
    {
      level: "warn",
      message: "a source of metrics does not answer; analyses wait for it",
      source: "eu",
      since: "2026-01-01T00:00:15.000Z",
      analyses: 3,
      why: "no connection",
    },
  ]);
  answer(null);
  for (const after of [60, 75, 90]) expect(await read(after, "a")).toBe(true);
  expect(lines.slice(1)).toEqual([
    {
      level: "info",
      message: "a source of metrics answers again",
      source: "eu",
      since: "2026-01-01T00:00:15.000Z",
      analyses: 3,
      awayMs: 60_000,
    },
  ]);
  answer(away);
  await read(105, "a");
  expect(lines).toHaveLength(3);
});

it("does not say away and back in turns of a source that answers some of its reads", async () => {
  const { lines, read, answer } = stage();
  for (let after = 0; after < 600; after += 5) {
    answer(after % 10 === 0 ? away : null);
    await read(after, "a");
  }
  expect(lines).toHaveLength(1);
});

it("counts an analysis that has ended, or has not read for long, no more", async () => {
  const { lines, outages, read, answer } = stage();
  await read(0, "gone");
  for (const analysis of ["a", "b", "c"]) await read(500, analysis);
  outages.ended("b");
  await read(650, "a");
  answer(away);
  await read(660, null);
  expect(lines).toMatchObject([{ level: "warn", analyses: 2 }]);
});

it("says nothing of a query that was refused, nor of a read that nobody waits for", async () => {
  const { lines, read, answer } = stage();
  answer(new CoalmineError("query-rejected", "parse error"));
  expect(await read(0, "a")).toBe(false);
  answer(away);
  expect(await read(15, "a", AbortSignal.abort())).toBe(false);
  expect(lines).toEqual([]);
});

it("hands on the source under its name, with its delay and what it throws", async () => {
  const { sources, answer } = stage();
  const eu = sources.get("eu");
  expect(eu).toMatchObject({ ingestionDelayMs: 7, source: { name: "default" } });
  answer(away);
  await expect(eu?.source.read(selector, window, new AbortController().signal)).rejects.toBe(away);
});

it("keeps what a source says of why it is away short", async () => {
  const { lines, read, answer } = stage();
  answer(new CoalmineError("source-unavailable", "x".repeat(5_000)));
  await read(0, "a");
  expect(String(lines[0]?.["why"])).toHaveLength(300);
});

/** docs/tracing.md is held to the code: the variables that are read, the spans that are sent, the fields that are logged. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createObservability } from "../../src/app/observability.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { stageTracing } from "../app/tracing/stage.ts";
import { serveOnLoopback } from "../support/loopback-server.ts";
import { recordOf } from "../support/sample-record.ts";
import { firstCells } from "../support/table-cells.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/tracing.md"), "utf8");

it("tells every variable that the server reads, and the samplers by their names", () => {
  const told = firstCells(page, "| variable | what it does |");
  const read =
    readFileSync(join(root, "src/app/tracing/tracing-options.ts"), "utf8").match(/OTEL_\w+/g) ?? [];
  expect(told).toEqual(expect.arrayContaining([...new Set(read)]));
  const samplers = readFileSync(join(root, "src/app/tracing/sampler.ts"), "utf8").matchAll(/\["?(\w+)",/g);
  for (const [, name] of samplers) expect(page).toContain(`\`${name}\``);
});

it("tells every attribute of a request, a look and a read, and logs within a look what it says", async () => {
  const { tracing, ambient, received } = await stageTracing();
  const lines: string[] = [];
  const logger = pino(
    { mixin: () => ambient.logFields() },
    { write: (line: string) => void lines.push(line) },
  );
  const seen = createObservability({
    ...{ tracing, ambient, version: "1.2.3", running: () => 0 },
    queueDepth: async () => ({ underWay: 0, waiting: 0 }),
    outages: { logger, clock: systemClock },
  });
  const server = await serveOnLoopback(seen.listener((_request, response) => void response.end()));
  onTestFinished(() => server.close());
  await (await fetch(`${server.url}/gate/check`)).text();
  const read = async () => ({ series: [], warnings: [] });
  const source = seen.sources(new Map([["eu", { source: { name: "eu", read }, ingestionDelayMs: 0 }]]));
  const idle = { expect: () => undefined, close: async () => undefined };
  const depth = async () => ({ underWay: 0, waiting: 0 });
  const never = new AbortController().signal;
  const queue = seen.queue({ ...idle, depth, open: (take) => take("a", false, never) });
  await queue.open(async () => {
    await source.get("eu")?.source.read({ metric: "up", matchers: [] }, { from: 0, to: 1 }, never);
    seen.observer.looked(recordOf("a").result, { lagMs: 1, tookMs: 2 });
    logger.error({ err: new Error("no") }, "the store did not keep a look");
  });
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const rowOf = (name: string) => rows.find((line) => line.startsWith(`| \`${name}\` `)) ?? "";
  const names = { "GET /gate/check": "<method> <route>", look: "look", "read samples": "read samples" };
  const spans = new Map((await received()).map((span) => [span.name, Object.keys(span.attributes)]));
  for (const [name, row] of Object.entries(names)) {
    const told = [...rowOf(row).matchAll(/`([^`]+)`/g)].map(([, word]) => word);
    expect(told, name).toEqual(expect.arrayContaining(spans.get(name) ?? ["a span of this name"]));
  }
  const fields = ["level", "time", "msg", "analysis", "trace_id", "span_id", "err"];
  expect(JSON.parse(lines[0] ?? "")).toMatchObject(
    Object.fromEntries(fields.map((field) => [field, expect.anything()])),
  );
  const told = firstCells(page, "| field | what it is |");
  expect(told).toEqual(expect.arrayContaining(fields));
});

import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createAnalyses } from "../../src/analysis/analyses.ts";
import type { AnalysisRecord } from "../../src/analysis/analysis-record.ts";
import type { SampleSource } from "../../src/analysis/ports.ts";
import { restrictAnalyses } from "../../src/analysis/restricted-analyses.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { createMemoryStore } from "../../src/store/memory/memory-store.ts";
import { createManualClock } from "../sources/scrape/manual-clock.ts";
import { callerNamed } from "../support/access-of.ts";
import { immediateQueue } from "../support/immediate-queue.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { changeOf, recordOf, specOf } from "../support/sample-record.ts";
import { scriptedRuns } from "../support/scripted-runs.ts";

const start = Date.UTC(2026, 0, 1);
const never = new AbortController().signal;
const ours = specOf({ namespace: "shop" });
const theirs = specOf({ namespace: "bank" });

/** Everything, and what a caller that may act in `shop` sees of it. */
function setUp() {
  const source: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };
  const script = scriptedRuns((run) => run.look());
  const store = createMemoryStore({ maxRecords: 1_000 });
  let ids = 0;
  const clock = createManualClock(start);
  const all = createAnalyses({
    store,
    queue: immediateQueue(clock),
    sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
    clock,
    newId: () => `id-${++ids}`,
    logger: quietLogger(),
    runs: script.runs,
  });
  const shop = restrictAnalyses(all, callerNamed("ci"));
  const reader = restrictAnalyses(all, callerNamed("dashboard", { scopes: ["read"] }));
  const writer = restrictAnalyses(all, callerNamed("robot", { scopes: ["write"] }));
  return { all, shop, reader, writer, script, store };
}

const counts = { canary: { total: 9, bad: 1 }, baseline: { total: 9, bad: 0 } };

describe("in its own namespace a caller", () => {
  it("starts, asks, lists, judges and cancels", async () => {
    const { shop } = setUp();
    const { id } = await shop.start(ours);
    const { record, created } = await shop.put("shop-1", ours);
    expect(created).toBe(true);
    expect((await shop.put("shop-1", ours)).created).toBe(false);
    expect((await shop.get("shop-1")).id).toBe(record.id);
    expect(idsOf(await shop.list({ limit: 10 }))).toEqual([record.id, id]);
    expect((await shop.judge({ kind: "counts", spec: ours, counts }, never)).verdict).toBe("pass");
    expect((await shop.cancel("shop-1")).result.phase).toBe("cancelled");
  });

  it("adopts an analysis, weighs it and watches it", async () => {
    const { shop, store } = setUp();
    await shop.adopt({ id: "uid/errors", spec: ours, startedAt: start, state: null });
    shop.setWeight("uid/errors", 10);
    shop.setWeight("uid/errors", 20);
    await nextTurn();
    expect((await store.running("uid/errors"))?.weight).toBe(20);
    expect(await firstOf(shop.watch("uid/errors", never))).toMatchObject({ id: "uid/errors" });
  });
});

describe("in another namespace a caller", () => {
  it.each(["bank", ""])("starts, adopts and judges nothing: %j", async (namespace) => {
    const { all, shop, script } = setUp();
    const spec = specOf({ namespace });
    const refused = await Promise.all([
      errorOf(shop.start(spec)),
      errorOf(shop.put("key", spec)),
      errorOf(shop.adopt({ id: "id", spec, startedAt: start, state: null })),
      errorOf(shop.judge({ kind: "counts", spec, counts }, never)),
      errorOf(shop.judge({ kind: "window", spec }, never)),
    ]);
    for (const { code, message } of refused) {
      expect(code).toBe("forbidden");
      expect(message).toContain(namespace === "" ? "without a namespace" : '"bank"');
      expect(message).toContain("the token ci");
    }
    expect(script.opened).toEqual([]);
    expect(await all.running()).toBe(0);
  });

  it("sees of what is there no more than of what is not", async () => {
    const { all, shop } = setUp();
    const { id } = await all.start(theirs, "their-key");
    for (const known of [id, "their-key"]) {
      const told = await Promise.all([
        errorOf(shop.get(known)),
        errorOf(shop.cancel(known)),
        errorOf(firstOf(shop.watch(known, never))),
      ]);
      const unknown = await errorOf(shop.get("nobody"));
      for (const error of told) {
        expect(error.code).toBe("not-found");
        expect(error.message).toBe(unknown.message.replace("nobody", known));
      }
    }
    expect((await all.get(id)).result.phase).toBe("running");
  });

  it("weighs nothing", async () => {
    const { all, shop, store } = setUp();
    const { id } = await all.start(theirs);
    shop.setWeight(id, 20);
    shop.setWeight("nobody", 20);
    await nextTurn();
    expect(await store.running(id)).toMatchObject({ weight: null });
  });
});

describe("a caller that may only read", () => {
  it("asks, lists, watches and judges", async () => {
    const { all, reader } = setUp();
    const { id } = await all.start(ours);
    expect((await reader.get(id)).id).toBe(id);
    expect(idsOf(await reader.list({ limit: 10 }))).toEqual([id]);
    expect(await firstOf(reader.watch(id, never))).toMatchObject({ id });
    expect((await reader.judge({ kind: "counts", spec: ours, counts }, never)).verdict).toBe("pass");
  });

  it("changes nothing, and is told which scope it lacks", async () => {
    const { all, reader, script } = setUp();
    const { id } = await all.start(ours);
    reader.setWeight(id, 20);
    const refused = await Promise.all([
      errorOf(reader.start(ours)),
      errorOf(reader.put("key", ours)),
      errorOf(reader.put(id, ours)),
      errorOf(reader.adopt({ id: "id", spec: ours, startedAt: start, state: null })),
      errorOf(reader.cancel(id)),
    ]);
    for (const { code, message } of refused) {
      expect(code).toBe("forbidden");
      expect(message).toContain('dashboard may not write in the namespace "shop"; add "write" to its scopes');
    }
    expect(script.last.options.weight?.()).toBeNull();
    expect(script.opened).toHaveLength(1);
    expect((await all.get(id)).result.phase).toBe("running");
  });

  it("is answered what a put of the same key and spec has started, and nothing of another's spec", async () => {
    const { all, reader } = setUp();
    const { record } = await all.put("key", ours);
    expect(await reader.put("key", ours)).toEqual({ record, created: false });
    expect((await errorOf(reader.put("key", specOf({ duration: "7m" })))).code).toBe("forbidden");
    await all.put("their-key", theirs);
    expect((await errorOf(reader.put("their-key", theirs))).code).toBe("forbidden");
  });
});

it("a caller that may only write starts and cancels, and is shown nothing that it asks for", async () => {
  const { writer } = setUp();
  const { id } = await writer.start(ours);
  const refused = await Promise.all([
    errorOf(writer.get(id)),
    errorOf(firstOf(writer.watch(id, never))),
    errorOf(writer.judge({ kind: "counts", spec: ours, counts }, never)),
  ]);
  expect(refused.map(({ code }) => code)).toEqual(["forbidden", "forbidden", "forbidden"]);
  expect(refused[0]?.message).toContain('add "read" to its scopes');
  expect(await writer.list({ limit: 10 })).toEqual([]);
  expect(await writer.list({ namespace: "shop", limit: 10 })).toEqual([]);
  expect((await writer.cancel(id)).result.phase).toBe("cancelled");
});

describe("a list", () => {
  it("holds the newest of the caller's own, as many as asked for, whatever lies between", async () => {
    const { shop, store } = setUp();
    for (let index = 0; index < 200; index++) {
      const spec = index % 50 === 7 ? ours : theirs;
      await store.insert(changeOf(recordOf(`r${index}`, { spec, phase: "done" })));
    }
    expect(idsOf(await shop.list({ limit: 3 }))).toEqual(["r157", "r107", "r57"]);
    expect(idsOf(await shop.list({ limit: 4 }))).toEqual(["r157", "r107", "r57", "r7"]);
    expect(idsOf(await shop.list({ limit: 1_000 }))).toEqual(["r157", "r107", "r57", "r7"]);
    expect(await shop.list({ limit: 5, service: "nobody" })).toEqual([]);
  });

  it("of another's namespace is empty", async () => {
    const { all, shop } = setUp();
    const { id } = await all.start(ours);
    await all.start(theirs);
    expect(await shop.list({ namespace: "bank", limit: 10 })).toEqual([]);
    expect(idsOf(await shop.list({ namespace: "shop", limit: 10 }))).toEqual([id]);
  });
});

describe("a key that is taken", () => {
  it("by the caller's own analysis names it", async () => {
    const { shop } = setUp();
    const { record } = await shop.put("key", ours);
    const { code, message } = await errorOf(shop.put("key", specOf({ duration: "7m" })));
    expect(code).toBe("conflict");
    expect(message).toContain(record.id);
  });

  it("by another's tells nothing of it", async () => {
    const { all, shop } = setUp();
    const { record } = await all.put("key", theirs);
    const { code, message } = await errorOf(shop.put("key", ours));
    expect(code).toBe("conflict");
    expect(message).toContain('"key"');
    expect(message).not.toContain(record.id);
    expect(message).not.toMatch(/bank|spec/);
  });

  it("as the id of another's tells nothing of it", async () => {
    const { all, shop } = setUp();
    const { id } = await all.start(theirs);
    expect((await errorOf(shop.put(id, ours))).message).not.toMatch(/bank|spec/);
  });

  it("by another's decides nothing of what is adopted under it", async () => {
    const { all, shop } = setUp();
    await all.put("flagger.shop.checkout.1", theirs);
    const id = "flagger.shop.checkout.1";
    const adopted = await shop.adopt({ id, spec: ours, startedAt: start, state: null });
    expect(adopted).toMatchObject({ id, key: null, spec: ours });
  });
});

function idsOf(records: readonly AnalysisRecord[]): readonly string[] {
  return records.map(({ id }) => id);
}

async function firstOf<T>(values: AsyncIterable<T>): Promise<T | null> {
  for await (const value of values) return value;
  return null;
}

async function errorOf(work: Promise<unknown>): Promise<CoalmineError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof CoalmineError) return thrown;
  throw new Error(`expected a CoalmineError, got ${String(thrown)}`);
}

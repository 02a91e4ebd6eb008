import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type AnalysesLimits, createAnalyses, type Runs } from "../../src/analysis/analyses.ts";
import type { AnalysisStore, SampleSource } from "../../src/analysis/ports.ts";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import { runLive } from "../../src/analysis/run/run-live.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { createMemoryStore } from "../../src/store/memory/memory-store.ts";
import { createManualClock } from "../sources/scrape/manual-clock.ts";
import { immediateQueue } from "../support/immediate-queue.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { changeOf, recordOf, specOf } from "../support/sample-record.ts";
import { scriptedRuns } from "../support/scripted-runs.ts";

const start = Date.UTC(2026, 0, 1);
const never = new AbortController().signal;
const source = (name: string): SampleSource => ({ name, read: async () => ({ series: [], warnings: [] }) });

function setUp(
  options: {
    readonly store?: AnalysisStore;
    readonly limits?: Partial<AnalysesLimits>;
    readonly live?: Runs["live"];
    /** Whether looks are taken. */
    readonly resumed?: boolean;
  } = {},
) {
  const store = options.store ?? createMemoryStore({ maxRecords: 100 });
  const clock = createManualClock(start);
  const script = scriptedRuns();
  const logger = quietLogger();
  const counted = { started: 0, looks: 0, ended: [] as (string | null)[] };
  let ids = 0;
  const analyses = createAnalyses({
    store,
    queue: immediateQueue(clock),
    sources: new Map([
      ["default", { source: source("default"), ingestionDelayMs: 5_000 }],
      ["eu-west", { source: source("eu-west"), ingestionDelayMs: 9_000 }],
    ]),
    clock,
    newId: () => `id-${++ids}`,
    logger,
    limits: options.limits ?? {},
    observer: {
      started: () => void counted.started++,
      looked: () => void counted.looks++,
      ended: ({ verdict }) => void counted.ended.push(verdict),
    },
    runs: { ...script.runs, live: options.live ?? script.runs.live },
  });
  if (options.resumed !== false) void analyses.resume();
  /** Starts one whose first look is taken at once. */
  const started = async (spec = specOf(), key?: string) => {
    const starting = analyses.start(spec, key);
    await nextTurn();
    script.last.look();
    const record = await starting;
    await nextTurn();
    return { record, run: script.last };
  };
  return { analyses, store, clock, script, logger, counted, started };
}

/** What the store holds of an analysis once the loops have come to rest. */
async function kept(store: AnalysisStore, id: string) {
  await nextTurn();
  return await store.get(id);
}

describe("start", () => {
  it("answers a running analysis and keeps every look of it until the verdict", async () => {
    const { analyses, store, counted, started } = setUp();
    const { record, run } = await started(specOf(), "k");
    expect(record).toMatchObject({ id: "id-1", key: "k", result: { phase: "running", verdict: null } });
    run.look({ ticks: 1 });
    expect(await kept(store, "id-1")).toMatchObject({ result: { ticks: 1 }, state: { version: 1 } });
    run.pass();
    const ended = await kept(store, "id-1");
    expect(ended).toMatchObject({ key: "k", result: { phase: "done", verdict: "pass" } });
    expect(await analyses.looks("k")).toHaveLength(3);
    expect(await analyses.running()).toBe(0);
    expect(counted).toEqual({ started: 1, looks: 3, ended: ["pass"] });
  });

  it("hands the run the sources that the spec names, in its order, with the longest delay", async () => {
    const { started } = setUp();
    const { run } = await started(specOf({ source: ["eu-west", "default"] }));
    expect(run.options.sources?.map(({ name }) => name)).toEqual(["eu-west", "default"]);
    expect(run.options.ingestionDelayMs).toBe(9_000);
  });

  it("begins an ingestion delay ago, so that the first look need not wait", async () => {
    const { record, run } = await setUp().started();
    expect(run.options.startedAt).toBe(start - 5_000);
    expect(record.result.startedAt).toBe(new Date(start - 5_000).toISOString());
  });

  it("refuses a source that the settings do not name, and tells those they do", async () => {
    const { analyses, store, script } = setUp();
    const starting = analyses.start(specOf({ source: ["default", "eu-wset"] }));
    await expect(starting).rejects.toMatchObject({
      code: "invalid-spec",
      problems: [
        { path: "source", message: expect.stringMatching(/"eu-wset".*`eu-west`.*default, eu-west/) },
      ],
    });
    expect(script.opened).toHaveLength(0);
    expect(await store.list({ limit: 1 })).toEqual([]);
  });

  it("throws what the first look finds wrong with the spec, and keeps nothing", async () => {
    const { analyses, store, script } = setUp();
    const starting = analyses.start(specOf(), "k");
    await nextTurn();
    script.last.fail(new CoalmineError("invalid-spec", "the cohorts overlap"));
    await expect(starting).rejects.toMatchObject({ code: "invalid-spec", message: "the cohorts overlap" });
    expect(await store.list({ limit: 1 })).toEqual([]);
    expect(await analyses.running()).toBe(0);
  });

  it("does not wait longer than a few seconds for a source that is away", async () => {
    const { analyses, store, clock, script } = setUp();
    const starting = analyses.start(specOf());
    await nextTurn();
    clock.moveTo(start + 5_000);
    expect((await starting).result).toMatchObject({ phase: "running" });
    script.last.look({ ticks: 3 });
    expect(await kept(store, "id-1")).toMatchObject({ result: { ticks: 3 } });
  });

  it("ends an analysis whose run fails later as inconclusive, with the reason", async () => {
    const { store, counted, started, logger } = setUp();
    const { run } = await started();
    run.fail(new CoalmineError("invalid-spec", "the cohorts overlap"));
    expect((await kept(store, "id-1"))?.result).toMatchObject({
      phase: "done",
      verdict: "inconclusive",
      reason: { code: "run-failed", text: "the cohorts overlap" },
      decidedAt: new Date(start).toISOString(),
      metrics: [{ verdict: "inconclusive" }, { verdict: "inconclusive" }],
    });
    expect(counted.ended).toEqual(["inconclusive"]);
    expect(logger.errors).toHaveLength(1);
  });

  it("tells callers nothing of an internal fault but that it was one", async () => {
    const { store, started, logger } = setUp();
    const { run } = await started();
    const fault = new TypeError("cannot read properties of undefined (reading 'secret')");
    run.fail(fault);
    const result = (await kept(store, "id-1"))?.result;
    expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "run-failed" } });
    expect(JSON.stringify(result)).not.toContain("secret");
    expect(logger.errors[0]?.fields["err"]).toMatchObject({ cause: fault });
  });

  it("never takes a run that ends without a verdict for a pass", async () => {
    const { store, started } = setUp();
    const { run } = await started();
    run.breakOff();
    expect((await kept(store, "id-1"))?.result).toMatchObject({ phase: "done", verdict: "inconclusive" });
  });

  it("refuses more than may run at once, and takes one again when one has ended", async () => {
    const { analyses, started } = setUp({ limits: { maxRunning: 1 } });
    const { run } = await started();
    await expect(analyses.start(specOf())).rejects.toMatchObject({ code: "too-large" });
    run.pass();
    await nextTurn();
    expect((await started()).record.id).toBe("id-2");
  });

  it("refuses a key that is taken and stops the run it had opened", async () => {
    const { analyses, script, started } = setUp();
    await started(specOf(), "k");
    const starting = analyses.start(specOf(), "k");
    await nextTurn();
    script.last.look();
    await expect(starting).rejects.toMatchObject({ code: "conflict" });
    expect(await analyses.running()).toBe(1);
  });

  it("takes a look again that a store that failed did not keep", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    let isBroken = false;
    const flaky: AnalysisStore = {
      ...store,
      commit: async (change) => {
        if (isBroken) throw new Error("disk full");
        return await store.commit(change);
      },
    };
    const { analyses, clock, started } = setUp({ store: flaky });
    const { run } = await started();
    isBroken = true;
    run.look({ ticks: 1 });
    await nextTurn();
    expect((await analyses.get("id-1")).result.ticks).toBe(0);
    isBroken = false;
    clock.moveTo(start + 1_000);
    await nextTurn();
    // Nobody took those that have passed meanwhile.
    expect(run.options.catchUpTo).toBe(start + 1_000 - 5_000);
    run.pass();
    expect((await kept(store, "id-1"))?.result.verdict).toBe("pass");
  });

  it("throws away what a look found of an analysis that another process changed meanwhile", async () => {
    const { store, counted, started } = setUp();
    const { record, run } = await started();
    const theirs = { ...record.result, ticks: 7 };
    await store.commit(changeOf({ ...record, result: theirs }));
    run.look({ ticks: 1 });
    expect((await kept(store, "id-1"))?.result.ticks).toBe(7);
    expect(counted.looks).toBe(1);
  });
});

describe("adopt", () => {
  const adoption = { id: "uid/errors", spec: specOf(), startedAt: start - 90_000, state: null };

  it("follows an analysis from the caller's start on, under the caller's id", async () => {
    const { analyses, script, store } = setUp();
    const record = await analyses.adopt(adoption);
    await nextTurn();
    expect(record).toMatchObject({ id: "uid/errors", key: null, result: { phase: "running" } });
    expect(script.last.options).toMatchObject({ startedAt: start - 90_000, state: null });
    script.last.look({ ticks: 1 });
    expect(await kept(store, "uid/errors")).toMatchObject({ result: { ticks: 1 } });
  });

  it("starts no second one, also when asked again at the same time or after its end", async () => {
    const { analyses, script } = setUp();
    await Promise.all([analyses.adopt(adoption), analyses.adopt(adoption)]);
    await nextTurn();
    script.last.look();
    script.last.pass();
    await nextTurn();
    expect(await analyses.adopt(adoption)).toMatchObject({ result: { verdict: "pass" } });
    expect(script.opened).toHaveLength(1);
  });

  it("takes nobody else's analysis for it, though that has the id as its key", async () => {
    const { analyses, store } = setUp();
    await store.insert(changeOf({ ...recordOf("other"), key: adoption.id }));
    expect(await analyses.adopt(adoption)).toMatchObject({ id: adoption.id, key: null });
    expect(await analyses.get(adoption.id)).toMatchObject({ id: adoption.id });
  });

  it("goes on from the state it is given; one that is decided is answered and not run", async () => {
    const { analyses, script } = setUp();
    const { state } = recordOf("other");
    if (state === null) throw new Error("a record with a state wanted");
    await analyses.adopt({ ...adoption, state });
    await nextTurn();
    expect(script.last.options.state).toBe(state);
    const reason = { code: "worse-than-baseline", text: "twice as many errors" } as const;
    const decision = { verdict: "fail", reason, at: start, phase: "done" } as const;
    const answered = await analyses.adopt({ ...adoption, id: "done", state: { ...state, decision } });
    expect(answered.result).toMatchObject({ phase: "done", verdict: "fail", reason });
    expect(script.opened).toHaveLength(1);
  });

  it("hands the weight that the caller set to the looks that follow", async () => {
    const { analyses, script } = setUp();
    await analyses.adopt(adoption);
    await nextTurn();
    analyses.setWeight("nobody", 80);
    expect(script.last.options.weight?.()).toBeNull();
    analyses.setWeight("uid/errors", 20);
    script.last.look();
    await nextTurn();
    expect(script.last.options.weight?.()).toBe(20);
  });

  it("keeps nothing when the store refuses it", async () => {
    const store = createMemoryStore({ maxRecords: 100 });
    const broken = { ...store, insert: () => Promise.reject(new Error("the disk is full")) };
    const { analyses } = setUp({ store: broken });
    await expect(analyses.adopt(adoption)).rejects.toThrow("the disk is full");
    expect(await analyses.running()).toBe(0);
  });
});

describe("put", () => {
  it("starts once, and answers the same analysis to whoever asks the same again", async () => {
    const { analyses, script } = setUp();
    const first = analyses.put("k", specOf());
    await nextTurn();
    script.last.look();
    expect(await first).toMatchObject({ created: true, record: { id: "id-1", key: "k" } });
    expect(await analyses.put("k", specOf())).toMatchObject({ created: false, record: { id: "id-1" } });
    script.last.pass();
    await nextTurn();
    const third = await analyses.put("k", specOf());
    expect(third).toMatchObject({ created: false, record: { result: { verdict: "pass" } } });
    expect(script.opened).toHaveLength(1);
  });

  it("refuses another spec under the same key", async () => {
    const { analyses, started } = setUp();
    await started(specOf(), "k");
    const putting = analyses.put("k", specOf({ duration: "20m" }));
    await expect(putting).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("id-1"),
    });
  });

  it("refuses the id of another analysis as a key", async () => {
    const { analyses, started } = setUp();
    await started();
    await expect(analyses.put("id-1", specOf())).rejects.toMatchObject({ code: "conflict" });
  });

  it("starts one analysis for many that ask at the same time", async () => {
    const { analyses, script } = setUp();
    const all = Array.from({ length: 5 }, () => analyses.put("k", specOf()));
    await nextTurn();
    script.last.look();
    const answers = await Promise.all(all);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ record }) => record.id))).toEqual(new Set(["id-1"]));
    expect(script.opened).toHaveLength(1);
  });

  it("lets the next one try when the first is refused", async () => {
    const { analyses, script } = setUp();
    const refused = analyses.put("k", specOf());
    const waiting = analyses.put("k", specOf({ duration: "20m" }));
    await nextTurn();
    script.last.fail(new CoalmineError("invalid-spec", "the cohorts overlap"));
    await expect(refused).rejects.toMatchObject({ code: "invalid-spec" });
    await nextTurn();
    script.last.look();
    expect(await waiting).toMatchObject({ created: true, record: { spec: { durationMs: 1_200_000 } } });
  });

  it("answers the analysis of another process that was faster", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    const [ours, theirs] = [setUp({ store }), setUp({ store })];
    const starting = ours.analyses.put("k", specOf());
    await nextTurn();
    await store.insert(changeOf(recordOf("other", { key: "k" })));
    ours.script.last.look();
    expect(await starting).toMatchObject({ created: false, record: { id: "other" } });
    expect(await ours.analyses.running()).toBe(1);
    expect((await theirs.analyses.get("k")).id).toBe("other");
  });
});

describe("get and list", () => {
  it("finds an analysis by its id and by its key", async () => {
    const { analyses, started } = setUp();
    await started(specOf(), "k");
    expect((await analyses.get("k")).id).toBe("id-1");
    expect((await analyses.get("id-1")).key).toBe("k");
    await expect(analyses.get("nobody")).rejects.toMatchObject({ code: "not-found" });
  });

  it("lists by filter", async () => {
    const { analyses, started } = setUp();
    const { run } = await started();
    await started(specOf({ service: "cart" }));
    run.pass();
    await nextTurn();
    const list = async (filter: object) =>
      (await analyses.list({ ...filter, limit: 10 })).map(({ id }) => id);
    expect(await list({})).toEqual(["id-2", "id-1"]);
    expect(await list({ phase: "running" })).toEqual(["id-2"]);
    expect(await list({ service: "checkout" })).toEqual(["id-1"]);
  });
});

describe("cancel", () => {
  it("ends a running analysis, and again changes nothing", async () => {
    const { analyses, store, counted, started } = setUp();
    await started(specOf(), "k");
    const cancelled = await analyses.cancel("k");
    expect(cancelled.result).toMatchObject({ phase: "cancelled", verdict: "inconclusive" });
    expect(await kept(store, "id-1")).toEqual(cancelled);
    expect(await analyses.cancel("id-1")).toEqual(cancelled);
    expect(counted.ended).toEqual(["inconclusive"]);
    expect(await analyses.running()).toBe(0);
  });

  it("leaves one that has ended as it is", async () => {
    const { analyses, started } = setUp();
    const { run } = await started();
    run.pass();
    await nextTurn();
    expect((await analyses.cancel("id-1")).result).toMatchObject({ phase: "done", verdict: "pass" });
  });

  it("ends one that no process runs", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    await store.insert(changeOf(recordOf("left")));
    const { analyses, counted } = setUp({ store, resumed: false });
    const { result } = await analyses.cancel("left");
    expect(result).toMatchObject({
      phase: "cancelled",
      verdict: "inconclusive",
      reason: { code: "cancelled" },
    });
    expect((await store.get("left"))?.result).toEqual(result);
    expect(counted.ended).toEqual(["inconclusive"]);
  });

  it("does not know what is not there", async () => {
    await expect(setUp().analyses.cancel("nobody")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("watch", () => {
  const ticks = (results: readonly AnalysisResult[]) => results.map((result) => result.ticks);

  it("gives the result at once, then each look, and ends with the verdict", async () => {
    const { analyses, started } = setUp();
    const { run } = await started();
    const seen: AnalysisResult[] = [];
    const watching = (async () => {
      for await (const result of analyses.watch("id-1", never)) seen.push(result);
    })();
    await nextTurn();
    run.look({ ticks: 1 });
    await nextTurn();
    run.look({ ticks: 2 });
    await nextTurn();
    run.pass();
    await watching;
    expect(ticks(seen)).toEqual([0, 1, 2, 0]);
    expect(seen.at(-1)?.verdict).toBe("pass");
  });

  it("gives a slow watcher the latest instead of all", async () => {
    const { analyses, started } = setUp();
    const { run } = await started();
    const watching = analyses.watch("id-1", never)[Symbol.asyncIterator]();
    await watching.next();
    for (let tick = 1; tick <= 50; tick++) run.look({ ticks: tick });
    await nextTurn();
    expect((await watching.next()).value.ticks).toBe(50);
  });

  it("gives the verdict of one that has ended, and ends", async () => {
    const { analyses, started } = setUp();
    const { run } = await started();
    run.pass();
    await nextTurn();
    const seen = await Array.fromAsync(analyses.watch("id-1", never));
    expect(seen.map(({ verdict }) => verdict)).toEqual(["pass"]);
  });

  it("ends when the watcher leaves, and the analysis goes on", async () => {
    const { analyses, store, started } = setUp();
    const { run } = await started();
    const leaving = new AbortController();
    const watching = Array.fromAsync(analyses.watch("id-1", leaving.signal));
    await nextTurn();
    leaving.abort();
    expect(await watching).toHaveLength(1);
    run.look({ ticks: 7 });
    expect((await kept(store, "id-1"))?.result.ticks).toBe(7);
  });

  it("does not know what is not there", async () => {
    const watching = Array.fromAsync(setUp().analyses.watch("nobody", never));
    await expect(watching).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("close and resume", () => {
  it("stops every run without an end, and takes nothing new", async () => {
    const { analyses, store, counted, started } = setUp();
    const { run } = await started();
    run.look({ ticks: 4 });
    await nextTurn();
    const watching = Array.fromAsync(analyses.watch("id-1", never));
    await nextTurn();
    await analyses.close();
    expect(run.options.signal.aborted).toBe(true);
    expect((await store.get("id-1"))?.result).toMatchObject({ phase: "running", verdict: null, ticks: 4 });
    expect(counted.ended).toEqual([]);
    expect(await watching).toHaveLength(1);
    await expect(analyses.start(specOf())).rejects.toMatchObject({ code: "source-unavailable" });
  });

  it("does not take a run that throws because it was stopped for one that failed", async () => {
    const { analyses, store, clock, logger } = setUp({
      async *live({ signal }) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        yield* await Promise.reject<AnalysisStep[]>(signal.reason);
      },
    });
    const starting = analyses.start(specOf());
    await nextTurn();
    clock.moveTo(start + 5_000);
    await starting;
    await analyses.close();
    expect((await store.get("id-1"))?.result).toMatchObject({ phase: "running", verdict: null });
    expect(logger.errors).toEqual([]);
  });

  it("does not leave a run behind that was just starting", async () => {
    const { analyses, script } = setUp();
    const starting = analyses.put("k", specOf());
    await nextTurn();
    const closing = analyses.close();
    await Promise.allSettled([starting, closing]);
    await nextTurn();
    expect(script.last.options.signal.aborted).toBe(true);
    expect(await analyses.running()).toBe(0);
  });

  it("goes on from the state that the process before it left", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    const left = recordOf("left", { startedAt: start - 60_000 });
    await store.insert(changeOf(left));
    await store.insert(changeOf(recordOf("done", { phase: "done" })));
    const { analyses, script } = setUp({ store, resumed: false });
    expect(await analyses.resume()).toBe(1);
    await nextTurn();
    expect(script.opened).toHaveLength(1);
    expect(script.last.options).toMatchObject({ id: "left", startedAt: start - 60_000, state: left.state });
    script.last.pass();
    expect((await kept(store, "left"))?.result.verdict).toBe("pass");
  });

  it("takes one by one the looks that passed while nobody was there", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    await store.insert(changeOf(recordOf("left", { startedAt: start - 600_000 })));
    const { analyses, script } = setUp({ store, resumed: false });
    await analyses.resume();
    await nextTurn();
    expect(script.last.options).toMatchObject({ lookAt: start - 600_000, catchUpTo: start - 5_000 });
  });

  it("waits for a source that the settings do not name any more, as for one that is away", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    await store.insert(changeOf(recordOf("a", { spec: specOf({ source: "gone" }) })));
    const { analyses, clock } = setUp({ store, resumed: false, live: runLive });
    await analyses.resume();
    await expect
      .poll(async () => (await store.get("a"))?.result.reason.text)
      .toMatch(/^waiting for the metrics source: no source is called "gone"/);
    await analyses.close();
    expect(clock.now()).toBe(start);
  });
});

describe("several processes over one store", () => {
  it("tell who watches what another of them found", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    const [ours, theirs] = [setUp({ store, resumed: false }), setUp({ store })];
    const { run } = await theirs.started();
    const seen: AnalysisResult[] = [];
    const watching = (async () => {
      for await (const result of ours.analyses.watch("id-1", never)) seen.push(result);
    })();
    await nextTurn();
    run.look({ ticks: 3 });
    await nextTurn();
    ours.clock.moveTo(start + 1_000);
    await nextTurn();
    run.pass();
    await nextTurn();
    ours.clock.moveTo(start + 2_000);
    await watching;
    expect(seen.map(({ ticks, verdict }) => [ticks, verdict])).toEqual([
      [0, null],
      [3, null],
      [0, "pass"],
    ]);
  });

  it("let one namespace have its part of what may run, and no more", async () => {
    const { analyses, started } = setUp({ limits: { maxRunning: 3, maxRunningPerNamespace: 2 } });
    await started();
    await started();
    await expect(analyses.start(specOf())).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringContaining('2 analyses of the namespace "shop"'),
    });
    expect((await started(specOf({ namespace: "team" }))).record.result.namespace).toBe("team");
  });
});

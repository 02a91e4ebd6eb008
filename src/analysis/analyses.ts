import { anybody } from "../base/access.ts";
import type { Clock } from "../base/clock.ts";
import { CoalmineError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { startAnalysis } from "./advance/advance.ts";
import type { AnalysisState } from "./advance/state.ts";
import type { AnalysisRecord, Change, LookRecord } from "./analysis-record.ts";
import type { Asker, AuditAction, AuditEntry } from "./audit/audit-entry.ts";
import { endedResult } from "./ended-result.ts";
import { type JudgeRequest, judge } from "./judge.ts";
import { DueLooks } from "./live/due-looks.ts";
import { firstChange } from "./live/first-change.ts";
import type { LookQueue } from "./live/look-queue.ts";
import { type AnalysisObserver, noObserver } from "./live/observer.ts";
import { Watchers } from "./live/watchers.ts";
import { type NamedSource, pickSources } from "./pick-sources.ts";
import { planAnalysis } from "./plan/plan.ts";
import type { AnalysisStore, ListFilter } from "./ports.ts";
import { buildResult } from "./report/build-result.ts";
import { cancelled } from "./report/rule-reasons.ts";
import type { AnalysisResult } from "./result.ts";
import { judgeCounts } from "./run/judge-counts.ts";
import { replay } from "./run/replay.ts";
import { firstLook, runLive } from "./run/run-live.ts";
import { sameJson } from "./same-json.ts";
import type { AnalysisSpec } from "./spec/model.ts";

/**
 * Everything that callers can ask of Coalmine, in no protocol's words: each
 * adapter translates to and from these. An `id` may also be the key that the
 * caller gave.
 */
export interface Analyses {
  /**
   * Starts an analysis and answers once its first look is taken or a few seconds
   * have passed, whichever is first.
   *
   * @throws CoalmineError invalid-spec for an unknown source, or when the first
   *   look finds that the cohorts cannot be told apart; conflict if the key is
   *   taken; too-large while as many run as may; source-unavailable after `close`.
   */
  start(spec: AnalysisSpec, key?: string): Promise<AnalysisRecord>;
  /**
   * Starts the analysis of that key, or answers the one there is: asking again,
   * also at the same time, never starts a second.
   *
   * @throws CoalmineError conflict if the key is another spec's, and as `start` does.
   */
  put(
    key: string,
    spec: AnalysisSpec,
  ): Promise<{ readonly record: AnalysisRecord; readonly created: boolean }>;
  /**
   * Follows an analysis that the caller keeps the state of, and answers at once
   * what is known of it: asking again, also at the same time, never starts a
   * second. Without a state it looks at all that has passed since its start.
   *
   * @throws CoalmineError invalid-spec for an unknown source; too-large and source-unavailable as `start` does.
   */
  adopt(adoption: Adoption): Promise<AnalysisRecord>;
  /** Says what share of the traffic the canary is to get, in percent; to one that does not run it means nothing. */
  setWeight(id: string, weight: number): void;
  /** @throws CoalmineError not-found */
  get(id: string): Promise<AnalysisRecord>;
  list(filter: ListFilter): Promise<readonly AnalysisRecord[]>;
  /** The evidence path, oldest first. @throws CoalmineError not-found */
  looks(id: string): Promise<readonly LookRecord[]>;
  /** Ends an analysis as inconclusive `cancelled`; one that has ended stays as it is. @throws CoalmineError not-found */
  cancel(id: string): Promise<AnalysisRecord>;
  /**
   * The result at once, then after each look, until the analysis has ended or the
   * signal aborts. A slow reader gets the latest and misses those between; what
   * another process found comes within a second.
   *
   * @throws CoalmineError not-found, before the first result.
   */
  watch(id: string, signal: AbortSignal): AsyncIterable<AnalysisResult>;
  /** Judges a past window or given counts; nothing is kept. @throws as {@link judge} does. */
  judge(request: JudgeRequest, signal: AbortSignal): Promise<AnalysisResult>;
  /**
   * The same analyses, with this name or door in the audit of what is started,
   * adopted and cancelled through them; `anybody` through the door `server` unless
   * given. Each such change has its entry, or is refused: see {@link AuditEntry}.
   */
  askedBy(asker: Partial<Asker>): Analyses;
  /** Begins to take the looks that fall due, also of analyses that a process before this one left running; answers how many run. */
  resume(): Promise<number>;
  /** How many run, in all processes that share the store. */
  running(): Promise<number>;
  /**
   * Begins no look any more and gives those under way so long, in milliseconds;
   * the records stay `running`, for `resume` or for another process.
   */
  close(graceMs?: number): Promise<void>;
}

/** An analysis that was begun elsewhere, or is begun with an id and a time of the caller's choosing. */
export interface Adoption {
  readonly id: string;
  readonly spec: AnalysisSpec;
  /** Milliseconds since the epoch; may be past. */
  readonly startedAt: number;
  /** Null before its first look. */
  readonly state: AnalysisState | null;
}

export interface AnalysesLimits {
  /** Analyses at the same time. */
  readonly maxRunning: number;
  /** Of them, those of one namespace. */
  readonly maxRunningPerNamespace: number;
  /** How long `start` waits for the first look, in milliseconds. */
  readonly preflightMs: number;
  /** How long `judge` may take, in milliseconds. */
  readonly judgeMs: number;
}

/** Flagger waits 5 s for an answer, Argo Rollouts 10, so the preflight stays below. */
const defaultLimits: AnalysesLimits = {
  maxRunning: 2_000,
  maxRunningPerNamespace: Number.POSITIVE_INFINITY,
  preflightMs: 4_000,
  judgeMs: 60_000,
};

export interface AnalysesOptions {
  readonly store: AnalysisStore;
  /** Calls for the looks of what is in the store. */
  readonly queue: LookQueue;
  readonly sources: ReadonlyMap<string, NamedSource>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly limits?: Partial<AnalysesLimits>;
  readonly observer?: AnalysisObserver;
  readonly runs?: Runs;
}

/** The ways to run an analysis; given so that a caller can put its own in place. */
export interface Runs {
  readonly live: typeof runLive;
  readonly replay: typeof replay;
  readonly judgeCounts: typeof judgeCounts;
}

/** The use cases over a store, a queue and named sources. Looks are taken from `resume` on. */
export function createAnalyses(options: AnalysesOptions): Analyses {
  const { store, queue, sources, clock, newId, logger, observer = noObserver } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const runs = options.runs ?? { live: runLive, replay, judgeCounts };
  const watchers = new Watchers({ store, clock, logger });
  const looks = new DueLooks({
    ...{ store, queue, sources, clock, logger, observer, watchers },
    run: runs.live,
  });
  /** By key: two requests for the same key at the same time start one analysis. */
  const starting = new Map<string, Promise<AnalysisRecord>>();
  /** Those that are about to be in the store, by namespace. */
  const opening: string[] = [];
  const closing = new AbortController();

  function newRecord({ id, spec, startedAt, state }: Adoption, key: string | null): AnalysisRecord {
    const plan = planAnalysis(spec);
    const known = state ?? startAnalysis(plan, startedAt);
    const result = buildResult(plan, known, id, known.consumedTo ?? startedAt);
    return { id, key, spec, state, result, revision: 1 };
  }

  /** Does the work of opening an analysis, if one more may run. */
  async function withRoom<T>(namespace: string, work: () => Promise<T>): Promise<T> {
    closing.signal.throwIfAborted();
    // Before the store is asked: of many that ask at once the last are refused.
    opening.push(namespace);
    try {
      await refuseIfFull(namespace);
      return await work();
    } finally {
      opening.splice(opening.indexOf(namespace), 1);
    }
  }

  async function refuseIfFull(namespace: string): Promise<void> {
    const { maxRunning, maxRunningPerNamespace } = limits;
    if ((await store.countRunning()) + opening.length > maxRunning) throw tooMany(maxRunning);
    if (maxRunningPerNamespace >= maxRunning) return;
    const ofNamespace = opening.filter((other) => other === namespace).length;
    if ((await store.countRunning(namespace)) + ofNamespace > maxRunningPerNamespace)
      throw tooManyOf(namespace, maxRunningPerNamespace);
  }

  function entryOf(asker: Asker, action: AuditAction, { id, key, result }: AnalysisRecord): AuditEntry {
    const { namespace, service } = result;
    const about = { kind: "analysis", id, key, service } as const;
    return { ...asker, at: clock.now(), action, namespace, about };
  }

  async function keep(change: Change, entry: AuditEntry, begunAt: number): Promise<AnalysisRecord> {
    closing.signal.throwIfAborted();
    await store.insert({ ...change, entry });
    const { result } = change.record;
    observer.started(result);
    if (change.look !== null) observer.looked(result, { lagMs: 0, tookMs: clock.now() - begunAt });
    looks.tell(change);
    return change.record;
  }

  async function start(asker: Asker, spec: AnalysisSpec, key?: string): Promise<AnalysisRecord> {
    const picked = pickSources(spec, sources);
    return await withRoom(spec.namespace, async () => {
      const id = newId();
      const now = clock.now();
      // An ingestion delay ago: so the first look can be taken at once, and the verdict comes a duration from now.
      const startedAt = now - picked.ingestionDelayMs;
      const record = newRecord({ id, spec, startedAt, state: null }, key ?? null);
      const running = { record, next: nextOf(record, startedAt, picked.ingestionDelayMs), weight: null };
      const { preflightMs } = limits;
      const look = { ...picked, clock, run: runs.live, signal: closing.signal, preflightMs };
      const change = await firstChange(running, look);
      const kept = await keep(change, entryOf(asker, "start", record), now);
      logger.info({ analysis: id, key: key ?? null, service: spec.service }, "an analysis started");
      return kept;
    });
  }

  function nextOf({ spec, state, result }: AnalysisRecord, catchUpTo: number, ingestionDelayMs: number) {
    const startedAt = Date.parse(result.startedAt);
    const at = state === null ? startedAt : firstLook(spec, startedAt, state);
    return { at, dueAt: at + ingestionDelayMs, catchUpTo };
  }

  async function adopt(asker: Asker, adoption: Adoption): Promise<AnalysisRecord> {
    // By its id alone: a key is anybody's choice.
    const known = await store.get(adoption.id);
    if (known !== null) return known;
    const record = newRecord(adoption, null);
    if (record.result.phase !== "running") return record;
    const { ingestionDelayMs } = pickSources(adoption.spec, sources);
    const now = clock.now();
    const next = nextOf(record, now - ingestionDelayMs, ingestionDelayMs);
    const entry = entryOf(asker, adoption.state === null ? "start" : "adopt", record);
    try {
      return await withRoom(adoption.spec.namespace, () => keep({ record, look: null, next }, entry, now));
    } catch (thrown) {
      if (CoalmineError.from(thrown).code !== "conflict") throw thrown;
      // Another caller opened it while the store was asked.
      return (await store.get(adoption.id)) ?? Promise.reject(thrown);
    }
  }

  async function find(id: string): Promise<AnalysisRecord | null> {
    return (await store.get(id)) ?? (await store.findByKey(id));
  }

  async function get(id: string): Promise<AnalysisRecord> {
    const record = await find(id);
    if (record === null) throw unknownAnalysis(id);
    return record;
  }

  /** The analysis that holds the key, if it asks the same. */
  async function holder(key: string, spec: AnalysisSpec): Promise<AnalysisRecord | null> {
    const record = await find(key);
    if (record === null || (record.key === key && sameJson(record.spec, spec))) return record;
    throw new CoalmineError(
      "conflict",
      `the key ${JSON.stringify(key)} is that of an analysis with another spec (${record.id}); take a new key for a new question`,
    );
  }

  async function put(asker: Asker, key: string, spec: AnalysisSpec) {
    while (starting.has(key)) await starting.get(key)?.catch(() => undefined);
    const settled = holderOrStart(asker, key, spec);
    const record = settled.then((answer) => answer.record);
    record.catch(() => undefined);
    starting.set(key, record);
    try {
      return await settled;
    } finally {
      starting.delete(key);
    }
  }

  async function holderOrStart(asker: Asker, key: string, spec: AnalysisSpec) {
    const known = await holder(key, spec);
    if (known !== null) return { record: known, created: false };
    try {
      return { record: await start(asker, spec, key), created: true };
    } catch (error) {
      if (CoalmineError.from(error).code !== "conflict") throw error;
      // Another process that shares the store was faster.
      const other = await holder(key, spec);
      if (other === null) throw error;
      return { record: other, created: false };
    }
  }

  async function cancel(asker: Asker, id: string): Promise<AnalysisRecord> {
    for (;;) {
      const record = await get(id);
      if (record.result.phase !== "running") return record;
      const ending = { phase: "cancelled", reason: cancelled(), at: clock.now() } as const;
      const ended = { ...record, result: endedResult(record.result, ending) };
      const change = { record: ended, look: null, next: null };
      // Else a look was faster, and its verdict may be the last word.
      if (!(await store.commit({ ...change, entry: entryOf(asker, "cancel", record) }))) continue;
      looks.stop(record.id);
      const now = { ...ended, revision: ended.revision + 1 };
      looks.tell({ ...change, record: now });
      return now;
    }
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<AnalysisResult, void> {
    for await (const { result } of watchers.watch(await get(id), signal)) yield result;
  }

  async function resume(): Promise<number> {
    for (const due of await store.due({ limit: limits.maxRunning })) {
      looks.takeUp(due.id);
      queue.expect(due);
    }
    await queue.open((id, isRetry, signal) => looks.take(id, isRetry, signal));
    return await store.countRunning();
  }

  async function close(graceMs = 0): Promise<void> {
    closing.abort(new CoalmineError("source-unavailable", "the server is shutting down; ask again"));
    watchers.close();
    await queue.close(graceMs);
    await Promise.allSettled(starting.values());
  }

  const asAsker = (asker: Asker): Analyses => ({
    start: (spec, key) => start(asker, spec, key),
    put: (key, spec) => put(asker, key, spec),
    adopt: (adoption) => adopt(asker, adoption),
    setWeight(id, weight) {
      store.setWeight(id, weight).catch((error: unknown) => {
        logger.error({ analysis: id, err: error }, "the store did not keep a weight");
      });
    },
    get,
    list: (filter) => store.list(filter),
    looks: async (id) => await store.looks((await get(id)).id),
    cancel: (id) => cancel(asker, id),
    watch,
    judge: (request, signal) =>
      judge({ sources, clock, newId, judgeMs: limits.judgeMs, ...runs }, request, signal),
    askedBy: (known) => asAsker({ ...asker, ...known }),
    resume,
    running: () => store.countRunning(),
    close,
  });
  return asAsker({ caller: anybody.name, door: "server" });
}

/** What is told of an id or key that is nobody's. */
export function unknownAnalysis(id: string): CoalmineError {
  return new CoalmineError("not-found", `no analysis has the id or key ${JSON.stringify(id)}`);
}

function tooMany(most: number): CoalmineError {
  return new CoalmineError(
    "too-large",
    `${most} analyses run already, which is the limit; cancel some, wait, or raise limits.maxRunning in the settings`,
  );
}

function tooManyOf(namespace: string, most: number): CoalmineError {
  return new CoalmineError(
    "too-large",
    `${most} analyses of the namespace ${JSON.stringify(namespace)} run already, which is the limit for one namespace; cancel some, wait, or raise limits.maxRunningPerNamespace in the settings`,
  );
}

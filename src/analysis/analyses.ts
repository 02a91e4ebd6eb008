import type { Clock } from "../base/clock.ts";
import { CoalmineError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { startAnalysis } from "./advance/advance.ts";
import type { AnalysisState } from "./advance/state.ts";
import type { AnalysisRecord } from "./analysis-record.ts";
import { endedResult } from "./ended-result.ts";
import { type JudgeRequest, judge } from "./judge.ts";
import { LiveAnalyses } from "./live/live-analyses.ts";
import type { AnalysisObserver } from "./live/live-analysis.ts";
import { type NamedSource, pickSources } from "./pick-sources.ts";
import { planAnalysis } from "./plan/plan.ts";
import type { AnalysisStore, ListFilter } from "./ports.ts";
import { buildResult } from "./report/build-result.ts";
import { cancelled } from "./report/rule-reasons.ts";
import type { AnalysisResult } from "./result.ts";
import { judgeCounts } from "./run/judge-counts.ts";
import { replay } from "./run/replay.ts";
import { runLive } from "./run/run-live.ts";
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
  /** Ends an analysis as inconclusive `cancelled`; one that has ended stays as it is. @throws CoalmineError not-found */
  cancel(id: string): Promise<AnalysisRecord>;
  /**
   * The result at once, then after each look, until the analysis has ended or the
   * signal aborts. A slow reader gets the latest and misses those between. One
   * that runs in another process is told once.
   *
   * @throws CoalmineError not-found, before the first result.
   */
  watch(id: string, signal: AbortSignal): AsyncIterable<AnalysisResult>;
  /** Judges a past window or given counts; nothing is kept. @throws as {@link judge} does. */
  judge(request: JudgeRequest, signal: AbortSignal): Promise<AnalysisResult>;
  /** Goes on with the analyses that a process before this one left running; answers how many. */
  resume(): Promise<number>;
  /** How many this process runs now. */
  readonly running: number;
  /** Stops every run where it stands; the records stay `running`, for `resume`. */
  close(): Promise<void>;
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
  /** How long `start` waits for the first look, in milliseconds. */
  readonly preflightMs: number;
  /** How long `judge` may take, in milliseconds. */
  readonly judgeMs: number;
  /** Looks of an evidence path before it is thinned. */
  readonly maxLooks: number;
}

/** Flagger waits 5 s for an answer, Argo Rollouts 10, so the preflight stays below. */
const defaultLimits: AnalysesLimits = {
  maxRunning: 2_000,
  preflightMs: 4_000,
  judgeMs: 60_000,
  maxLooks: 2_000,
};

export interface AnalysesOptions {
  readonly store: AnalysisStore;
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

/** The use cases over a store and named sources. */
export function createAnalyses(options: AnalysesOptions): Analyses {
  const { store, sources, clock, newId, logger } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const runs = options.runs ?? { live: runLive, replay, judgeCounts };
  const observer = options.observer ?? { looked: () => undefined, ended: () => undefined };
  const { maxLooks } = limits;
  const live = new LiveAnalyses({ store, sources, clock, logger, observer, maxLooks, run: runs.live });
  /** By key: two requests for the same key at the same time start one analysis. */
  const starting = new Map<string, Promise<AnalysisRecord>>();
  let closed = false;

  function newRecord({ id, spec, startedAt, state }: Adoption, key: string | null): AnalysisRecord {
    const plan = planAnalysis(spec);
    const known = state ?? startAnalysis(plan, startedAt);
    const result = buildResult(plan, known, id, known.consumedTo ?? startedAt);
    return { id, key, spec, state, result, looks: [] };
  }

  function refuseIfFull(): void {
    if (closed) throw new CoalmineError("source-unavailable", "the server is shutting down; ask again");
    if (live.size >= limits.maxRunning) throw tooMany(limits.maxRunning);
  }

  async function start(spec: AnalysisSpec, key?: string): Promise<AnalysisRecord> {
    refuseIfFull();
    const id = newId();
    // An ingestion delay ago: so the first look can be taken at once, and the verdict comes a duration from now.
    const startedAt = clock.now() - pickSources(spec, sources).ingestionDelayMs;
    const analysis = live.open(newRecord({ id, spec, startedAt, state: null }, key ?? null));
    try {
      await analysis.preflight(limits.preflightMs);
      await store.insert(analysis.record);
    } catch (error) {
      live.discard(analysis);
      throw error;
    }
    live.follow(analysis);
    logger.info({ analysis: id, key: key ?? null, service: spec.service }, "an analysis started");
    return analysis.record;
  }

  async function adopt(adoption: Adoption): Promise<AnalysisRecord> {
    const { id } = adoption;
    // By its id alone: a key is anybody's choice. Another caller may have opened it while the store was asked.
    const known = live.get(id)?.record ?? (await store.get(id)) ?? live.get(id)?.record;
    if (known !== undefined && known !== null) return known;
    const record = newRecord(adoption, null);
    if (record.result.phase !== "running") return record;
    refuseIfFull();
    const analysis = live.open(record);
    try {
      await store.insert(record);
    } catch (error) {
      live.discard(analysis);
      throw error;
    }
    live.follow(analysis);
    return analysis.record;
  }

  async function find(id: string): Promise<AnalysisRecord | null> {
    const running = live.get(id);
    if (running !== undefined) return running.record;
    const record = (await store.get(id)) ?? (await store.findByKey(id));
    return record === null ? null : (live.get(record.id)?.record ?? record);
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

  async function put(key: string, spec: AnalysisSpec) {
    while (starting.has(key)) await starting.get(key)?.catch(() => undefined);
    const settled = holderOrStart(key, spec);
    const record = settled.then((answer) => answer.record);
    record.catch(() => undefined);
    starting.set(key, record);
    try {
      return await settled;
    } finally {
      starting.delete(key);
    }
  }

  async function holderOrStart(key: string, spec: AnalysisSpec) {
    const known = await holder(key, spec);
    if (known !== null) return { record: known, created: false };
    try {
      return { record: await start(spec, key), created: true };
    } catch (error) {
      if (CoalmineError.from(error).code !== "conflict") throw error;
      // Another process that shares the store was faster.
      const other = await holder(key, spec);
      if (other === null) throw error;
      return { record: other, created: false };
    }
  }

  async function cancel(id: string): Promise<AnalysisRecord> {
    const record = await get(id);
    if (record.result.phase !== "running") return record;
    const analysis = live.get(record.id);
    if (analysis !== undefined) {
      analysis.cancel();
      await analysis.ended;
      return analysis.record;
    }
    const ending = { phase: "cancelled", reason: cancelled(), at: clock.now() } as const;
    const ended = { ...record, result: endedResult(record.result, ending) };
    await store.update(ended);
    observer.ended(ended.result);
    return ended;
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<AnalysisResult, void> {
    const record = await get(id);
    const analysis = live.get(record.id);
    if (analysis === undefined) yield record.result;
    else yield* analysis.watch(signal);
  }

  async function resume(): Promise<number> {
    const left = await store.list({ phase: "running", limit: limits.maxRunning });
    for (const record of left) {
      if (live.get(record.id) !== undefined) continue;
      try {
        live.follow(live.open(record));
      } catch (error) {
        logger.error({ analysis: record.id, err: error }, "an analysis could not be taken up again");
      }
    }
    return live.size;
  }

  async function close(): Promise<void> {
    closed = true;
    await live.stop();
    await Promise.allSettled(starting.values());
  }

  return {
    start,
    put,
    adopt,
    setWeight: (id, weight) => live.setWeight(id, weight),
    get,
    list: async (filter) => (await store.list(filter)).map((record) => live.get(record.id)?.record ?? record),
    cancel,
    watch,
    judge: (request, signal) =>
      judge({ sources, clock, newId, judgeMs: limits.judgeMs, ...runs }, request, signal),
    resume,
    get running() {
      return live.size;
    },
    close,
  };
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

import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { AnalysisRecord, Change, RunningAnalysis } from "../analysis-record.ts";
import { endedResult } from "../ended-result.ts";
import { type NamedSource, type PickedSources, pickSources } from "../pick-sources.ts";
import type { AnalysisStore, SampleSource } from "../ports.ts";
import type { Reason } from "../result.ts";
import type { runLive } from "../run/run-live.ts";
import type { AnalysisSpec } from "../spec/model.ts";
import { lookOnce } from "./look-once.ts";
import type { LookQueue } from "./look-queue.ts";
import type { AnalysisObserver } from "./observer.ts";
import type { Watchers } from "./watchers.ts";

export interface DueLooksOptions {
  readonly store: AnalysisStore;
  readonly queue: LookQueue;
  readonly sources: ReadonlyMap<string, NamedSource>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: AnalysisObserver;
  readonly watchers: Watchers;
  readonly run: typeof runLive;
}

/**
 * Takes looks as they fall due: reads the analysis, looks, and keeps what was
 * found if the analysis is still as it was read. So a look that is taken twice,
 * here or by another process, takes effect once.
 */
export class DueLooks {
  readonly #options: DueLooksOptions;
  /** Left running by a process before this one; nobody was there for the looks that have passed. */
  readonly #left = new Set<string>();
  readonly #underWay = new Map<string, AbortController>();
  /** Sources that the log was told are named by nobody: settings stay as they are for the life of the process. */
  readonly #toldAbsent = new Set<string>();

  constructor(options: DueLooksOptions) {
    this.#options = options;
  }

  /** Calls for the looks of an analysis that was left running. */
  takeUp(id: string): void {
    this.#left.add(id);
  }

  /** A look of an analysis that was ended is of no use any more. */
  stop(id: string): void {
    this.#underWay.get(id)?.abort(new Error("the analysis was ended"));
  }

  /** @see TakeLook */
  async take(id: string, isRetry: boolean, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const running = await store.running(id);
    const nobodyWasThere = this.#left.delete(id) || isRetry;
    if (running === null) return;
    const stopping = new AbortController();
    this.#underWay.set(id, stopping);
    try {
      await this.#look(running, nobodyWasThere, signal, stopping.signal);
    } finally {
      if (this.#underWay.get(id) === stopping) this.#underWay.delete(id);
    }
  }

  async #look(
    running: RunningAnalysis,
    nobodyWasThere: boolean,
    signal: AbortSignal,
    stopped: AbortSignal,
  ): Promise<void> {
    const { clock, run, store, observer } = this.#options;
    const begunAt = clock.now();
    const picked = this.#sourcesOf(running.record.spec);
    const from = nobodyWasThere ? caughtUp(running, begunAt - picked.ingestionDelayMs) : running;
    let change: Change;
    try {
      change = await lookOnce(from, { ...picked, clock, run, signal: AbortSignal.any([signal, stopped]) });
    } catch (thrown) {
      signal.throwIfAborted();
      change = this.#failed(running.record, CoalmineError.from(thrown));
    }
    signal.throwIfAborted();
    if (stopped.aborted || !(await store.commit(change))) return;
    const timing = { lagMs: begunAt - running.next.dueAt, tookMs: clock.now() - begunAt };
    if (change.look !== null) observer.looked(change.record.result, timing);
    this.tell({ ...change, record: { ...change.record, revision: change.record.revision + 1 } });
  }

  /** Tells whoever waits for it what is kept now. */
  tell({ record, next }: Change): void {
    const { queue, watchers, observer } = this.#options;
    watchers.tell(record);
    if (next === null) observer.ended(record.result);
    else queue.expect({ id: record.id, namespace: record.result.namespace, dueAt: next.dueAt });
  }

  /** A source that the settings do not name any more is away: another process may know it, or they are mended in time. */
  #sourcesOf(spec: AnalysisSpec): PickedSources {
    try {
      return pickSources(spec, this.#options.sources);
    } catch (thrown) {
      const { message } = CoalmineError.from(thrown);
      this.#tellAbsent(spec);
      return { sources: spec.sources.map((name) => absentSource(name, message)), ingestionDelayMs: 0 };
    }
  }

  /** Once for each source, and not for each look that waits for it. */
  #tellAbsent({ sources: wanted }: AnalysisSpec): void {
    const { logger, sources } = this.#options;
    for (const source of wanted) {
      if (sources.has(source) || this.#toldAbsent.has(source)) continue;
      this.#toldAbsent.add(source);
      logger.warn({ source }, "the settings do not name a source any more; analyses wait for it");
    }
  }

  #failed(record: AnalysisRecord, error: CoalmineError): Change {
    const { clock, logger } = this.#options;
    logger.error(
      { analysis: record.id, service: record.result.service, err: error },
      "the run of an analysis failed",
    );
    const ending = { phase: "done", reason: failure(error), at: clock.now() } as const;
    return { record: { ...record, result: endedResult(record.result, ending) }, look: null, next: null };
  }
}

function caughtUp({ next, ...running }: RunningAnalysis, to: number): RunningAnalysis {
  return { ...running, next: { ...next, catchUpTo: Math.max(next.catchUpTo, to) } };
}

function absentSource(name: string, message: string): SampleSource {
  return { name, read: () => Promise.reject(new CoalmineError("source-unavailable", message)) };
}

/** What a caller may know of a failure: everything but the inside of a fault of ours. */
function failure(error: CoalmineError): Reason {
  const text =
    error.code === "internal"
      ? "an internal fault ended the analysis; the server's log has its cause"
      : error.message;
  return { code: "run-failed", text };
}

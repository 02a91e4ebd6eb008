import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { AnalysisRecord } from "../analysis-record.ts";
import type { AnalysisStore } from "../ports.ts";
import { LatestValue } from "./latest-value.ts";

export interface WatchersOptions {
  readonly store: AnalysisStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often the store is asked for what other processes found, in milliseconds. */
const askEveryMs = 1_000;

/**
 * Who watches which analysis. What this process finds is told at once; what
 * another one that shares the store finds, within a second.
 */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #watched = new Map<string, { readonly latest: LatestValue<AnalysisRecord>; watchers: number }>();
  readonly #closing = new AbortController();
  #isAsking = false;

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  /** The analysis is now so. */
  tell(record: AnalysisRecord): void {
    const latest = this.#watched.get(record.id)?.latest;
    if (latest === undefined) return;
    latest.set(record);
    if (record.result.phase !== "running") latest.end();
  }

  /** The record at once, then as it changes, until it has ended, the signal aborts or `close`. */
  async *watch(record: AnalysisRecord, signal: AbortSignal): AsyncGenerator<AnalysisRecord, void> {
    if (record.result.phase !== "running" || this.#closing.signal.aborted) {
      yield record;
      return;
    }
    const { id } = record;
    const entry = this.#watched.get(id) ?? { latest: new LatestValue(record), watchers: 0 };
    entry.watchers += 1;
    this.#watched.set(id, entry);
    void this.#ask();
    try {
      yield* entry.latest.watch(signal);
    } finally {
      entry.watchers -= 1;
      if (entry.watchers === 0 && this.#watched.get(id) === entry) this.#watched.delete(id);
    }
  }

  close(): void {
    this.#closing.abort(new Error("nobody is told any more"));
    for (const { latest } of this.#watched.values()) latest.end();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { clock, logger } = this.#options;
    const { signal } = this.#closing;
    try {
      while (this.#watched.size > 0) {
        await clock.until(clock.now() + askEveryMs, signal);
        await this.#tellChanges().catch((error: unknown) => {
          logger.warn(
            { err: CoalmineError.from(error) },
            "what other processes found could not be asked for",
          );
        });
      }
    } catch {
      // Closed: whoever watched was told.
    } finally {
      this.#isAsking = false;
    }
  }

  async #tellChanges(): Promise<void> {
    const { store } = this.#options;
    const revisions = await store.revisions([...this.#watched.keys()]);
    for (const [id, { latest }] of [...this.#watched]) {
      const known = latest.value.revision;
      if (revisions.get(id) === known) continue;
      const record = await store.get(id);
      // Forgotten: there is nothing more to tell.
      if (record === null) latest.end();
      else if (record.revision > latest.value.revision) this.tell(record);
    }
  }
}

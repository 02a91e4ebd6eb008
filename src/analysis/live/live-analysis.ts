import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { AnalysisRecord } from "../analysis-record.ts";
import { endedResult } from "../ended-result.ts";
import type { AnalysisStore } from "../ports.ts";
import type { AnalysisResult, Reason } from "../result.ts";
import type { AnalysisStep } from "../run/step.ts";
import { addLook } from "./add-look.ts";
import { LatestValue } from "./latest-value.ts";

/** Who counts what happens to analyses, for metrics. Must not throw. */
export interface AnalysisObserver {
  /** After every look. */
  looked(result: AnalysisResult): void;
  /** Once, when an analysis has left the phase `running`. */
  ended(result: AnalysisResult): void;
}

export interface LiveAnalysisOptions {
  readonly record: AnalysisRecord;
  /** Opens the run; aborting the signal makes it yield a last step, `cancelled`, and end. */
  readonly open: (signal: AbortSignal) => AsyncGenerator<AnalysisStep>;
  readonly store: AnalysisStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: AnalysisObserver;
  /** How long the evidence path may get before it is thinned. */
  readonly maxLooks: number;
}

/** How often the last state of an analysis is offered to a store that fails, doubling the wait from a second. */
const lastSaveTries = 5;

/** One analysis that this process runs: it takes the run's steps, keeps each, and tells those who watch. */
export class LiveAnalysis {
  readonly #options: LiveAnalysisOptions;
  readonly #latest: LatestValue<AnalysisRecord>;
  readonly #abort = new AbortController();
  readonly #steps: AsyncGenerator<AnalysisStep>;
  readonly #first: Promise<IteratorResult<AnalysisStep>>;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  /** Opens the run, which starts reading at once; nothing is kept before `begin`. */
  constructor(options: LiveAnalysisOptions) {
    this.#options = options;
    this.#latest = new LatestValue(options.record);
    this.#steps = options.open(this.#abort.signal);
    this.#first = this.#steps.next();
    // Whoever awaits `#first` hears of a failure; before that it must not end the process.
    this.#first.catch(() => undefined);
  }

  get record(): AnalysisRecord {
    return this.#latest.value;
  }

  /** Resolves when the analysis has ended or was stopped, and its last state is kept. Never rejects. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /**
   * Waits for the first look, `atMostMs` at most: a source that is away must not
   * hold up the caller.
   *
   * @throws whatever the run throws until then, for instance CoalmineError
   *   invalid-spec when the cohorts overlap.
   */
  async preflight(atMostMs: number): Promise<void> {
    const { clock } = this.#options;
    const waiting = new AbortController();
    const time = clock.until(clock.now() + atMostMs, waiting.signal).catch(() => undefined);
    try {
      await Promise.race([this.#first, time]);
    } finally {
      waiting.abort();
    }
  }

  /** From here on every step is kept. The record must be in the store. */
  begin(): void {
    this.#ended = this.#run();
  }

  /** Ends the analysis as `cancelled`. */
  cancel(): void {
    this.#abort.abort(new Error("the analysis was cancelled"));
  }

  /** Stops without an end: the record stays `running`, to be taken up again from its state. */
  stop(): void {
    this.#stopped = true;
    this.#abort.abort(new Error("the process is shutting down"));
    this.#latest.end();
  }

  /** The result at once, then the latest after each look, until it has ended. */
  async *watch(signal: AbortSignal): AsyncGenerator<AnalysisResult, void> {
    for await (const { result } of this.#latest.watch(signal)) yield result;
  }

  async #run(): Promise<void> {
    try {
      await this.#follow();
    } catch (thrown) {
      if (!this.#stopped) await this.#fail(CoalmineError.from(thrown));
    } finally {
      this.#latest.end();
    }
  }

  async #follow(): Promise<void> {
    for (let next = await this.#first; !this.#stopped; next = await this.#steps.next()) {
      if (next.done === true) throw new TypeError("the run ended before a verdict");
      await this.#keep(next.value);
      if (this.record.result.phase !== "running") break;
    }
    await this.#steps.return(undefined);
  }

  async #keep({ state, result, look }: AnalysisStep): Promise<void> {
    const looks = addLook(this.record.looks, look, this.#options.maxLooks);
    this.#options.observer.looked(result);
    await this.#save({ ...this.record, state, result, looks });
  }

  async #fail(error: CoalmineError): Promise<void> {
    const { clock, logger } = this.#options;
    const { id, result } = this.record;
    logger.error({ analysis: id, service: result.service, err: error }, "the run of an analysis failed");
    const ending = { phase: "done", reason: failure(error), at: clock.now() } as const;
    await this.#save({ ...this.record, result: endedResult(result, ending) });
  }

  async #save(record: AnalysisRecord): Promise<void> {
    const isLast = record.result.phase !== "running";
    await this.#offer(record, isLast ? lastSaveTries : 1);
    this.#latest.set(record);
    if (isLast) this.#options.observer.ended(record.result);
  }

  /** A store that fails does not end an analysis: the next look brings it up to date. */
  async #offer(record: AnalysisRecord, tries: number): Promise<void> {
    const { store, clock, logger } = this.#options;
    for (let attempt = 1; attempt <= tries; attempt++) {
      try {
        await store.update(record);
        return;
      } catch (error) {
        logger.error({ analysis: record.id, attempt, err: error }, "the store did not keep a look");
      }
      if (attempt < tries) await clock.until(clock.now() + 1_000 * 2 ** (attempt - 1), neverAborted);
    }
  }
}

const neverAborted = new AbortController().signal;

/** What a caller may know of a failure: everything but the inside of a fault of ours. */
function failure(error: CoalmineError): Reason {
  const text =
    error.code === "internal"
      ? "an internal fault ended the analysis; the server's log has its cause"
      : error.message;
  return { code: "run-failed", text };
}

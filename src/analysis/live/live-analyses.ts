import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import type { AnalysisRecord } from "../analysis-record.ts";
import { type NamedSource, pickSources } from "../pick-sources.ts";
import type { AnalysisStore } from "../ports.ts";
import type { runLive } from "../run/run-live.ts";
import { type AnalysisObserver, LiveAnalysis } from "./live-analysis.ts";

export interface LiveAnalysesOptions {
  readonly store: AnalysisStore;
  readonly sources: ReadonlyMap<string, NamedSource>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: AnalysisObserver;
  readonly maxLooks: number;
  readonly run: typeof runLive;
}

/** The analyses that this process runs, by id. */
export class LiveAnalyses {
  readonly #options: LiveAnalysesOptions;
  readonly #live = new Map<string, LiveAnalysis>();
  /** The canary's share of traffic in percent, as a caller last set it. */
  readonly #weights = new Map<string, number>();

  constructor(options: LiveAnalysesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  get(id: string): LiveAnalysis | undefined {
    return this.#live.get(id);
  }

  /** Opens the run of a record, from its state on. Nothing is kept before `follow`. @throws CoalmineError invalid-spec for an unknown source. */
  open(record: AnalysisRecord): LiveAnalysis {
    const { sources, run, ...options } = this.#options;
    const { sources: picked, ingestionDelayMs } = pickSources(record.spec, sources);
    const { id, spec, state } = record;
    const startedAt = Date.parse(record.result.startedAt);
    const { clock } = options;
    const weight = () => this.#weights.get(id) ?? null;
    const analysis = new LiveAnalysis({
      ...options,
      record,
      open: (signal) =>
        run({ id, spec, sources: picked, clock, startedAt, state, ingestionDelayMs, weight, signal }),
    });
    this.#live.set(id, analysis);
    return analysis;
  }

  /** Keeps every look from here on, until the end. The record must be in the store. */
  follow(analysis: LiveAnalysis): void {
    analysis.begin();
    void analysis.ended.then(() => this.#forget(analysis.record.id));
  }

  /** Takes back an `open` that nothing came of. */
  discard(analysis: LiveAnalysis): void {
    analysis.stop();
    this.#forget(analysis.record.id);
  }

  setWeight(id: string, weight: number): void {
    if (this.#live.has(id)) this.#weights.set(id, weight);
  }

  /** Stops every run where it stands. */
  async stop(): Promise<void> {
    const all = [...this.#live.values()];
    for (const analysis of all) analysis.stop();
    await Promise.all(all.map((analysis) => analysis.ended));
  }

  #forget(id: string): void {
    this.#live.delete(id);
    this.#weights.delete(id);
  }
}

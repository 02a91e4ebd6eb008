/** Scrapes one target, again and again, and remembers what it answered. */
import type { Dispatcher } from "undici";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { type ExposedSample, type ExpositionLimits, parseExposition } from "./exposition.ts";
import { fetchExposition } from "./fetch-exposition.ts";
import { HealthLog } from "./health-log.ts";
import { SeriesMemory } from "./series-memory.ts";
import { metricsUrl, type ScrapeTarget, targetLabels } from "./target.ts";

/** What every target of a source shares. */
export interface ScrapeRules {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly retentionMs: number;
  readonly samplesPerSeries: number;
  readonly honourTimestamps: boolean;
  readonly maxBodyBytes: number;
  readonly exposition: ExpositionLimits;
  /** How many more series the source has room for. */
  readonly room: () => number;
}

/** As Prometheus has it: past this, a target's clock is wrong. */
const maxAheadMs = 10 * 60_000;

/** One target's memory and health. Its scrapes must not overlap. */
export class TargetScraper {
  readonly target: ScrapeTarget;
  readonly memory: SeriesMemory;
  readonly health = new HealthLog();
  readonly #rules: ScrapeRules;
  readonly #url: URL;
  readonly #first = Promise.withResolvers<void>();

  constructor(target: ScrapeTarget, rules: ScrapeRules) {
    this.target = target;
    this.memory = new SeriesMemory(targetLabels(target), rules.samplesPerSeries);
    this.#rules = rules;
    this.#url = metricsUrl(target);
  }

  /** Resolves when the first scrape is over, however it went. */
  get firstScrape(): Promise<void> {
    return this.#first.promise;
  }

  /**
   * One scrape, whose samples all bear the time it was started at. A scrape that
   * fails adds nothing and is in `health`; it does not throw.
   *
   * @param time Milliseconds since the epoch.
   * @param signal Ends the scrape without a trace.
   */
  async scrape(time: number, signal: AbortSignal): Promise<void> {
    // Not later than the one before: the clock was set back, and samples must rise in time.
    if (time <= (this.health.last?.time ?? Number.NEGATIVE_INFINITY)) return;
    const error = await this.#attempt(time, signal).then(
      () => null,
      (thrown: unknown) => this.#describe(thrown),
    );
    if (signal.aborted) return;
    this.health.record(time, error);
    this.#first.resolve();
    this.health.forgetUntil(time - this.#rules.retentionMs);
    this.memory.forgetUntil(time - this.#rules.retentionMs);
  }

  async #attempt(time: number, signal: AbortSignal): Promise<void> {
    const { dispatcher, maxBodyBytes, timeoutMs, exposition, room } = this.#rules;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetchExposition(this.#url, { dispatcher, maxBodyBytes, signal: bounded });
    signal.throwIfAborted();
    const samples = parseExposition(answer.text, answer.format, exposition);
    this.memory.addScrape(samples, (sample) => this.#timeOf(sample, time), room());
  }

  #timeOf(sample: ExposedSample, scrapeTime: number): number {
    const time = this.#rules.honourTimestamps ? (sample.time ?? scrapeTime) : scrapeTime;
    if (time > scrapeTime + maxAheadMs) {
      throw new CoalmineError(
        "source-unavailable",
        `line ${sample.line}: a timestamp ${formatDuration(time - scrapeTime)} ahead of this clock`,
      );
    }
    return time;
  }

  #describe(thrown: unknown): string {
    if (thrown instanceof CoalmineError) return thrown.message;
    if (!(thrown instanceof Error)) return String(thrown);
    if (thrown.name === "TimeoutError") return `no answer within ${formatDuration(this.#rules.timeoutMs)}`;
    // A refused connection to a name with several addresses has a code and no message.
    const code = "code" in thrown ? String(thrown.code) : thrown.name;
    return thrown.message === "" ? code : thrown.message;
  }
}

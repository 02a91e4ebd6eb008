/** The built-in scraper: reads the pods' own metrics endpoints, so that no Prometheus is needed. */
import { Agent } from "undici";
import type { SampleSource } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { readMemory } from "./read-memory.ts";
import { scrapeRepeatedly } from "./scrape-repeatedly.ts";
import { type ScrapeTarget, targetLabels } from "./target.ts";
import { TargetScraper } from "./target-scraper.ts";

/** How much a source may hold; past a limit a scrape fails, and says so. */
export interface ScrapeLimits {
  readonly maxTargets: number;
  readonly maxSeries: number;
  /** Over all series at their full length, 16 bytes each; with the default retention it is `maxSeries` that binds. */
  readonly maxSamples: number;
  readonly maxBodyBytes: number;
  /** In UTF-16 units. */
  readonly maxLineLength: number;
  readonly maxLabels: number;
}

export const defaultScrapeLimits: ScrapeLimits = {
  maxTargets: 200,
  maxSeries: 100_000,
  maxSamples: 20_000_000,
  maxBodyBytes: 16 * 1024 * 1024,
  maxLineLength: 64 * 1024,
  maxLabels: 64,
};

/** A scrape that takes longer has failed, however long the interval is. */
const maxTimeoutMs = 10_000;

export interface ScrapeSourceOptions {
  readonly name: string;
  readonly targets: readonly ScrapeTarget[];
  /** From one scrape of a target to the next. 5 s unless given. */
  readonly intervalMs?: number;
  /** How long samples are kept: at least what an analysis looks back, 5 min. 15 min unless given. */
  readonly retentionMs?: number;
  /** Whether a sample bears the time that the target gives it, if it does, and not its scrape's. Not unless given. */
  readonly honourTimestamps?: boolean;
  readonly limits?: Partial<ScrapeLimits>;
  readonly clock: Clock;
}

/** How a target's latest scrape went. */
export interface TargetHealth {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When it was started, milliseconds since the epoch; null before the first is over. */
  readonly lastScrapeAt: number | null;
  /** Null where it went well. */
  readonly error: string | null;
}

export interface ScrapeSource extends SampleSource {
  /** Begins to scrape, at once and then at the interval, targets spread evenly over it. Does nothing the second time. */
  start(): void;
  /**
   * Once started, waits until every target was scraped, which takes no longer than an interval or 10 s.
   *
   * @throws CoalmineError source-unavailable if none could be; the signal's reason if it aborts.
   */
  check(signal: AbortSignal): Promise<void>;
  /** Ends scrapes under way and lets go of every socket. What was read stays readable. */
  close(): Promise<void>;
  /** In the order they were given. */
  targets(): readonly TargetHealth[];
}

/**
 * A source that answers from its own memory: every sample of a scrape bears the
 * time that the scrape was started at, by `clock`. A scrape that fails is a gap.
 *
 * A read throws source-unavailable where no target could be scraped over the
 * whole window, and warns of each that could not be for a part of it. A target
 * none of whose scrapes is remembered counts as one that could not.
 *
 * @throws CoalmineError invalid-settings without targets, with too many of them,
 *   or with two that would answer the same series.
 */
export function createScrapeSource(options: ScrapeSourceOptions): ScrapeSource {
  const { name, clock, intervalMs = 5_000, retentionMs = 900_000 } = options;
  const limits = { ...defaultScrapeLimits, ...options.limits };
  requireTargets(options.targets, limits.maxTargets);
  const samplesPerSeries = Math.ceil(retentionMs / intervalMs) + 1;
  const maxSeries = Math.min(limits.maxSeries, Math.floor(limits.maxSamples / samplesPerSeries));
  const dispatcher = new Agent();
  const rules = {
    dispatcher,
    timeoutMs: Math.min(intervalMs, maxTimeoutMs),
    retentionMs,
    samplesPerSeries,
    honourTimestamps: options.honourTimestamps ?? false,
    maxBodyBytes: limits.maxBodyBytes,
    exposition: {
      maxLineLength: limits.maxLineLength,
      maxLabels: limits.maxLabels,
      maxSamples: limits.maxSeries,
    },
    room: () => maxSeries - scrapers.reduce((total, { memory }) => total + memory.seriesCount, 0),
  };
  const scrapers: readonly TargetScraper[] = options.targets.map(
    (target) => new TargetScraper(target, rules),
  );
  const stopping = new AbortController();
  let loops: readonly Promise<void>[] = [];

  return {
    name,
    start() {
      if (loops.length > 0) return;
      loops = scrapers.map((scraper, index) =>
        scrapeRepeatedly((time) => scraper.scrape(time, stopping.signal), {
          clock,
          intervalMs,
          offsetMs: Math.floor((intervalMs * index) / scrapers.length),
          signal: stopping.signal,
        }),
      );
    },
    async check(signal) {
      await untilAborted(Promise.all(scrapers.map(({ firstScrape }) => firstScrape)), signal);
      const now = clock.now();
      readMemory(name, scrapers, { metric: "", matchers: [] }, { from: now, to: now });
    },
    async close() {
      stopping.abort();
      await Promise.all(loops);
      await dispatcher.destroy();
    },
    targets: () => scrapers.map(healthOf),
    async read(selector, window, signal) {
      signal.throwIfAborted();
      return readMemory(name, scrapers, selector, window);
    },
  };
}

async function untilAborted(settled: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([settled, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function requireTargets(targets: readonly ScrapeTarget[], maxTargets: number): void {
  const fail = (problem: string) => {
    throw new CoalmineError("invalid-settings", `targets to scrape: ${problem}`);
  };
  if (targets.length === 0) fail("wanted at least one, met none");
  if (targets.length > maxTargets) fail(`met ${targets.length}, over the limit of ${maxTargets}`);
  const seen = new Set<string>();
  for (const target of targets) {
    const identity = JSON.stringify(Object.entries(targetLabels(target)).toSorted());
    if (seen.has(identity))
      fail(`${target.url} comes twice with the same labels; give each a label of its own`);
    seen.add(identity);
  }
}

function healthOf({ target, health }: TargetScraper): TargetHealth {
  const { url, labels } = target;
  return { url, labels, lastScrapeAt: health.last?.time ?? null, error: health.last?.error ?? null };
}

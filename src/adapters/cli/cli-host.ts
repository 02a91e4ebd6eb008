/** What the command line needs of the world around it; src/app hands it in. */
import type { SampleSource } from "../../analysis/ports.ts";
import type { replay } from "../../analysis/run/replay.ts";
import type { runLive } from "../../analysis/run/run-live.ts";
import type { Clock } from "../../base/clock.ts";
import type { Terminal } from "./terminal.ts";

export interface CliHost {
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly runs: Runs;
  readonly open: SourceOpener;
  /** A new analysis id. */
  newId(): string;
  /** Runs the server until the signal aborts; resolves to the exit code. */
  serve(options: ServeOptions): Promise<number>;
}

/** What the process was started with. */
export interface Environment {
  /** PROMETHEUS_URL; null where it is unset or empty. */
  readonly prometheusUrl: string | null;
  /** PATH, its folders in order. */
  readonly path: readonly string[];
}

/** The two ways to run an analysis: against the clock, or over a past window. */
export interface Runs {
  readonly live: typeof runLive;
  readonly replay: typeof replay;
}

/** Opens sources; nothing is asked of them before `check`. */
export interface SourceOpener {
  /**
   * One source for each name of a spec, in its order.
   *
   * @throws CoalmineError invalid-request or invalid-settings if a name is not
   *   known or the settings do not read.
   */
  named(names: readonly string[], where: SourceChoice): Promise<readonly OpenSource[]>;
  /**
   * One Prometheus by its address, asked as long after a moment as its samples take to arrive.
   *
   * @throws CoalmineError invalid-settings if the address does not read.
   */
  prometheus(url: string, ingestionDelayMs: number): OpenSource;
  /** The built-in scraper, which begins to scrape at once. */
  scraper(targets: readonly ScrapeTarget[], intervalMs: number): OpenSource;
}

/** Which sources the user named; both null is PROMETHEUS_URL or the local default. */
export interface SourceChoice {
  /** Prometheus address for the source `default`. */
  readonly prometheusUrl: string | null;
  /** Settings file that names sources. */
  readonly settingsFile: string | null;
}

/** A page of metrics, and the labels its series get. */
export interface ScrapeTarget {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A source in use. */
export interface OpenSource {
  readonly source: SampleSource;
  /** How long after a moment its samples can be read, in milliseconds. */
  readonly ingestionDelayMs: number;
  /** @throws CoalmineError source-unavailable if it does not answer; the signal's reason if it aborts. */
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly settingsFile: string | null;
  readonly signal: AbortSignal;
}

/** What the command line needs of the world around it; src/app hands it in. */
import type { PickedSources } from "../../analysis/pick-sources.ts";
import type { replay } from "../../analysis/run/replay.ts";
import type { runLive } from "../../analysis/run/run-live.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import type { Clock } from "../../base/clock.ts";
import type { SettingsReport } from "./config/settings-report.ts";
import type { Terminal } from "./terminal.ts";

export interface CliHost {
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly runs: Runs;
  readonly open: SourceOpener;
  /** Asks a server over HTTP. */
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  /** A new analysis id. */
  newId(): string;
  /** Runs the server until the signal aborts; resolves to the exit code. */
  serve(options: ServeOptions): Promise<number>;
  /** Reads the settings as `serve` does. @throws CoalmineError invalid-settings with every problem */
  checkSettings(options: CheckSettingsOptions): Promise<SettingsReport>;
}

/** What the process was started with. */
export interface Environment {
  /** PROMETHEUS_URL; null where it is unset or empty. */
  readonly prometheusUrl: string | null;
  /** COALMINE_URL: the server that commands ask; null where it is unset or empty. */
  readonly serverUrl: string | null;
  /** COALMINE_TOKEN: what that server knows the caller by; null where it is unset or empty. */
  readonly token: string | null;
  /** Whose process it is; null if the machine does not know. */
  readonly user: string | null;
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
   * The sources that a spec names.
   *
   * @throws CoalmineError invalid-spec for a name that is not known,
   *   invalid-settings if the settings or the address do not read.
   */
  named(spec: AnalysisSpec, choice: SourceChoice): Promise<OpenSources>;
  /**
   * One Prometheus by its address, asked as long after a moment as its samples take to arrive.
   *
   * @throws CoalmineError invalid-settings if the address does not read.
   */
  prometheus(url: string, ingestionDelayMs: number): OpenSources;
  /** The built-in scraper, which begins to scrape at once. */
  scraper(targets: readonly ScrapeTarget[], intervalMs: number): OpenSources;
}

/** What the user said of where the sources are; null is what the environment says, or the defaults. */
export interface SourceChoice {
  /** Address of the source `default`. */
  readonly prometheusUrl: string | null;
  /** The settings file, which names sources. */
  readonly settingsFile: string | null;
}

/** A page of metrics, and the labels its series get. */
export interface ScrapeTarget {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Sources in use, and how long after a moment their samples can be read. */
export interface OpenSources extends PickedSources {
  /** @throws CoalmineError source-unavailable if one does not answer; the signal's reason if it aborts. */
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly settingsFile: string | null;
  readonly signal: AbortSignal;
}

export interface CheckSettingsOptions extends ServeOptions {
  /** Whether what the settings name is asked as well: files, sources, the database, the cluster. */
  readonly connects: boolean;
}

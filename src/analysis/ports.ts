import type { AnalysisRecord, Change, LookRecord, RunningAnalysis } from "./analysis-record.ts";
import type { AuditEntry, KeptEntry } from "./audit/audit-entry.ts";
import type { Gate } from "./gates/gate.ts";
import type { GateFilter } from "./gates/gates.ts";
import type { Selector } from "./selector.ts";

/** A span of time in milliseconds since the epoch, after `from` up to and including `to`. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A native histogram sample, as Prometheus' HTTP API tells it. */
export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  /** In rising order; observations in (lower, upper], the zero bucket included as one that spans zero. */
  readonly buckets: readonly { readonly lower: number; readonly upper: number; readonly count: number }[];
}

/**
 * One time series: its labels (`__name__` included) and its raw samples, in
 * rising order of time without repeats. A series holds floats or native
 * histograms; one that changed from one to the other holds both.
 */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, one for each of `values`. */
  readonly times: readonly number[];
  /** NaN where the source holds NaN (a stale marker is not a sample and is left out). */
  readonly values: readonly number[];
  readonly histograms?: readonly { readonly time: number; readonly histogram: NativeHistogram }[];
}

/** What a source answered: possibly no series, possibly warnings such as a partial response. */
export interface SourceAnswer {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
}

/**
 * Where raw samples come from. Implemented under src/sources; every
 * implementation passes test/support/sample-source-contract.ts.
 */
export interface SampleSource {
  /** What the reader knows it as, for instance `default`, `us-east`. */
  readonly name: string;
  /**
   * The raw samples of every series that the selector matches, in the window.
   * Never interpolated, never filled; a series without samples there is left
   * out.
   *
   * @throws CoalmineError source-unavailable if asking again may help,
   *   query-rejected if it will not. The signal's reason if the caller gave up.
   */
  read(selector: Selector, window: TimeWindow, signal: AbortSignal): Promise<SourceAnswer>;
}

/**
 * Where analyses are kept. Implemented under src/store; every implementation
 * passes test/support/analysis-store-contract.ts.
 */
export interface AnalysisStore {
  /**
   * Stores a new analysis, with its first look if one was taken and the entry of
   * the audit, all or nothing.
   *
   * @throws CoalmineError conflict if its id or its key is taken.
   */
  insert(change: Change): Promise<void>;
  /**
   * Replaces a stored analysis, with the look that changed it, the time of the next
   * one and the entry of the audit, all or nothing. Its revision rises by one.
   *
   * @returns false, having changed nothing, if the analysis is not of the change's
   *   revision any more, or is gone: another was faster.
   */
  commit(change: Change): Promise<boolean>;
  get(id: string): Promise<AnalysisRecord | null>;
  findByKey(key: string): Promise<AnalysisRecord | null>;
  /** What its next look goes on from; null if it does not run, or is not there. */
  running(id: string): Promise<RunningAnalysis | null>;
  /** The evidence path, oldest first; thinned where it was long, so that it still spans the whole analysis. */
  looks(id: string): Promise<readonly LookRecord[]>;
  /** Newest first. */
  list(filter: ListFilter): Promise<readonly AnalysisRecord[]>;
  /** The next looks of analyses that run, those due first; up to a time if one is given. */
  due(filter: { readonly before?: number; readonly limit: number }): Promise<readonly DueLook[]>;
  /** How many run, of one namespace or of all. */
  countRunning(namespace?: string): Promise<number>;
  /** The revisions of those that are there. */
  revisions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Keeps the canary's share of traffic in percent, for the looks to come; of an analysis that does not run nothing is kept. */
  setWeight(id: string, weight: number): Promise<void>;
}

/** When the next look of an analysis falls due. */
export interface DueLook {
  readonly id: string;
  /** Looks are shared out fairly between namespaces. */
  readonly namespace: string;
  /** Milliseconds since the epoch; may be past. */
  readonly dueAt: number;
}

/** Which analyses to list: those that match every field given, at most `limit`. */
export interface ListFilter {
  readonly namespace?: string;
  readonly service?: string;
  readonly phase?: "running" | "done" | "cancelled";
  readonly limit: number;
}

/** A release that a host tells of by calls, as Flagger's webhooks do: which analysis judges which revision. */
export interface ReleaseRecord {
  readonly namespace: string;
  /** Of the host's object, for instance a Canary. */
  readonly name: string;
  /** What the host calls the revision; one that comes back is the same text. */
  readonly revision: string;
  /** Counts the releases of this name, from 1: the same revision may come again. */
  readonly attempt: number;
  /** Id of its analysis; null before there is one. */
  readonly analysis: string | null;
  /** Milliseconds since the epoch, as the others. */
  readonly openedAt: number;
  /** Null while it goes on. */
  readonly closedAt: number | null;
  /** What the adapter keeps beside; plain JSON. */
  readonly notes: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where the latest release of each name is kept. Passes test/support/release-store-contract.ts. */
export interface ReleaseStore {
  /** Replaces the one of its namespace and name. */
  put(record: ReleaseRecord): Promise<void>;
  get(namespace: string, name: string): Promise<ReleaseRecord | null>;
  /** Those that are not closed. */
  listOpen(): Promise<readonly ReleaseRecord[]>;
}

/** Where gates are kept. Passes test/support/gate-store-contract.ts. */
export interface GateStore {
  /** Replaces the one of its namespace, canary, hook and revision, with the entry of the audit, all or nothing. */
  put(gate: Gate, entry?: AuditEntry): Promise<void>;
  /** Latest first. */
  list(filter: GateFilter): Promise<readonly Gate[]>;
}

/**
 * What became of the entries that came with changes: nobody writes one by itself.
 * Passes test/support/audit-store-contract.ts.
 */
export interface AuditStore {
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly KeptEntry[]>;
}

/** Which entries of the audit to list: those that match every field given, at most `limit`. */
export interface AuditFilter {
  readonly namespace?: string;
  /** Those of lower positions than this. */
  readonly before?: number;
  readonly limit: number;
}

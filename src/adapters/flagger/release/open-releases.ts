import { isDeepStrictEqual } from "node:util";
import type { Analyses } from "../../../analysis/analyses.ts";
import type { AnalysisRecord } from "../../../analysis/analysis-record.ts";
import type { Asker } from "../../../analysis/audit/audit-entry.ts";
import type { ReleaseStore } from "../../../analysis/ports.ts";
import type { Clock } from "../../../base/clock.ts";
import { CoalmineError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { CanaryName, HookCall } from "../hook-call.ts";
import type { SpecChoice } from "../spec/spec-choice.ts";
import { type Release, recordOf, releaseOf } from "./release.ts";

/** What this process keeps of a Canary while its release goes on. */
export interface OpenRelease {
  /** The latest of the Canary, which may have ended; null before the first. */
  release: Release | null;
  /** What was last seen of its analysis. */
  analysis: AnalysisRecord | null;
  /** What the hooks of this revision asked for last, where they said anything. */
  said: SpecChoice | null;
  /** The metadata that the analysis was opened by, where it said anything. */
  saidBy: HookCall["metadata"] | null;
  /** Why there is no analysis. */
  refusal: string;
  calledAt: number;
  /** Whether what was asked for differs from what runs, by the choice; the log has been told of one that does. */
  compared: WeakMap<SpecChoice, boolean>;
  isWarned: boolean;
  /** The analysis that pre-rollout has been told of, and the log with it. */
  introduced: string | null;
}

export interface OpenReleasesOptions {
  readonly analyses: Pick<Analyses, "get" | "askedBy">;
  readonly releases: ReleaseStore;
  /** Whether other servers may write to that store too: what is known is then read again at each call. */
  readonly isShared: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The releases that go on, over the store that keeps them; one task at a time may work on each. */
export class OpenReleases {
  readonly #options: OpenReleasesOptions;
  readonly #open = new Map<string, OpenRelease>();

  constructor(options: OpenReleasesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Canaries that nothing has called for since `time`. */
  *idleSince(time: number): Iterable<CanaryName> {
    for (const { release, calledAt } of this.#open.values())
      if (release !== null && calledAt <= time) yield release.canary;
  }

  /** When the one that was called for least lately was. */
  get leastCalledAt(): number {
    return this.#open.values().reduce((least, { calledAt }) => Math.min(least, calledAt), Infinity);
  }

  /** What is known of a Canary. @throws whatever the store does. */
  async load(canary: CanaryName): Promise<OpenRelease> {
    const known = this.#open.get(keyOf(canary));
    if (known === undefined) return this.#keep(await this.#stored(canary));
    return this.#options.isShared ? await this.#readAgain(canary, known) : known;
  }

  /** What is known, unless another server has changed it. A store that fails does not hold up a rollout. */
  async #readAgain(canary: CanaryName, known: OpenRelease): Promise<OpenRelease> {
    try {
      const stored = await this.#stored(canary);
      if (stored === null || known.release === null || isDeepStrictEqual(stored, known.release)) return known;
      this.#open.delete(keyOf(canary));
      const changed = this.#keep(stored);
      changed.calledAt = Math.max(known.calledAt, stored.calledAt);
      return changed;
    } catch (error) {
      this.#options.logger.error({ ...canary, err: error }, "a release could not be read again");
      return known;
    }
  }

  /** The latest release of a Canary, to be looked at only; null without one, and while the store fails, which `load` tells. */
  async latest(canary: CanaryName): Promise<Release | null> {
    const known = this.#open.get(keyOf(canary));
    return known === undefined ? await this.#stored(canary).catch(() => null) : known.release;
  }

  async #stored({ namespace, name }: CanaryName): Promise<Release | null> {
    const record = await this.#options.releases.get(namespace, name);
    return record === null ? null : releaseOf(record);
  }

  /** Whether the Canary has a release that goes on. */
  has(canary: CanaryName): boolean {
    return this.#open.has(keyOf(canary));
  }

  /** Makes it the Canary's release. A store that fails does not hold up a rollout: what this process knows goes on. */
  async put(known: OpenRelease, release: Release): Promise<void> {
    const { releases, logger } = this.#options;
    known.release = release;
    const key = keyOf(release.canary);
    if (release.closedAt === null) this.#open.set(key, known);
    else this.#open.delete(key);
    try {
      await releases.put(recordOf(release));
    } catch (error) {
      logger.error({ ...release.canary, revision: release.revision, err: error }, "a release was not kept");
    }
  }

  /**
   * Brings what is known of the analysis up to date.
   *
   * @returns false if nobody knows it any more.
   * @throws what `analyses.get` does, while nothing is known.
   */
  async refresh(known: OpenRelease): Promise<boolean> {
    const { analyses, logger } = this.#options;
    const id = known.release?.analysis ?? null;
    if (id === null || known.release?.closedAt !== null) return true;
    // What has ended stays as it is.
    if (known.analysis !== null && known.analysis.result.phase !== "running") return true;
    try {
      const record = await analyses.get(id);
      // Found by its key, it is somebody else's: keys are anybody's choice, also of another namespace.
      if (record.id !== id) return false;
      known.analysis = record;
    } catch (thrown) {
      if (CoalmineError.from(thrown).code === "not-found") return false;
      if (known.analysis === null) throw thrown;
      logger.error({ analysis: id, err: thrown }, "an analysis could not be read: its last look is answered");
    }
    return true;
  }

  /** Ends the analysis; nobody waits until it has. */
  cancel(known: OpenRelease, asker: Asker): void {
    const id = known.release?.analysis ?? null;
    if (id === null || known.release?.closedAt !== null) return;
    if (known.analysis !== null && known.analysis.result.phase !== "running") return;
    this.#cancel(id, asker).catch((thrown: unknown) => {
      if (CoalmineError.from(thrown).code === "not-found") return;
      this.#options.logger.error({ analysis: id, err: thrown }, "an analysis could not be cancelled");
    });
  }

  async #cancel(id: string, asker: Asker): Promise<void> {
    const { analyses } = this.#options;
    const record = await analyses.get(id);
    if (record.id === id) await analyses.askedBy(asker).cancel(id);
  }

  #keep(release: Release | null): OpenRelease {
    const known: OpenRelease = {
      release,
      analysis: null,
      said: null,
      saidBy: null,
      refusal: "no analysis has been opened yet",
      calledAt: this.#options.clock.now(),
      compared: new WeakMap(),
      isWarned: false,
      introduced: null,
    };
    if (release !== null && release.closedAt === null) this.#open.set(keyOf(release.canary), known);
    return known;
  }
}

/** The release that goes on, if it is of the call's revision. */
export function openOf({ release }: OpenRelease, { checksum }: HookCall): Release | null {
  return release !== null && release.revision === checksum && release.closedAt === null ? release : null;
}

/** Names hold no slash. */
export function keyOf({ namespace, name }: CanaryName): string {
  return `${namespace}/${name}`;
}

import type { Analyses } from "../../../analysis/analyses.ts";
import { type Asker, serverItself } from "../../../analysis/audit/audit-entry.ts";
import type { Gate } from "../../../analysis/gates/gate.ts";
import type { ReleaseStore } from "../../../analysis/ports.ts";
import { sameJson } from "../../../analysis/same-json.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import { unreachable } from "../../../base/unreachable.ts";
import { judgedText } from "../answer/answer-text.ts";
import type { CanaryEvents } from "../canary-events.ts";
import type { AskedCall, CanaryName } from "../hook-call.ts";
import type { ChooseSpec, SpecChoice } from "../spec/spec-choice.ts";
import { newsOf, startedEvent } from "./canary-news.ts";
import { createTellFaults, isConfigFault, type TellFaults } from "./config-faults.ts";
import { readHookEvent } from "./hook-event.ts";
import { openAnalysis } from "./open-analysis.ts";
import { keyOf, type OpenRelease, OpenReleases, openOf } from "./open-releases.ts";
import type { Release } from "./release.ts";
import { again, type JudgedHook, planCall } from "./release-life.ts";
import { introduction, remarksOn } from "./remarks.ts";
import { type Standing, standingOf } from "./standing.ts";
import { createSweep } from "./sweep.ts";
import { createTurns } from "./turns.ts";

/** What Flagger's calls ask of the analyses. */
export type FollowedAnalyses = Pick<Analyses, "get" | "setWeight" | "askedBy">;

export interface ReleasesOptions {
  readonly analyses: FollowedAnalyses;
  readonly releases: ReleaseStore;
  /** Whether other servers may write to that store too. */
  readonly isShared: boolean;
  readonly chooseSpec: ChooseSpec;
  readonly events: CanaryEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long nothing may call for a release before it is closed, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Releases at the same time; beyond it no more are begun. */
  readonly mostReleases: number;
}

/** A call that a release's standing is the answer to. */
export interface JudgedCall extends AskedCall {
  readonly hook: JudgedHook;
}

/** How the release of a call stands. */
export interface Followed {
  readonly standing: Standing;
  /** What the caller should know beside. */
  readonly remarks: readonly string[];
}

/** The word of somebody that promotes the revision by hand, whatever stands; null without one. */
export type PromotedByHand = (standing: Standing) => Promise<Gate | null>;

/** The releases of all Canaries: opened, followed and closed as Flagger's calls tell. Calls of one Canary take turns. */
export class Releases {
  readonly #options: ReleasesOptions;
  readonly #open: OpenReleases;
  readonly #inTurn = createTurns();
  readonly #tellFaults: TellFaults;
  readonly #closing = new AbortController();
  readonly #sweep: () => void;

  constructor(options: ReleasesOptions) {
    this.#options = options;
    this.#open = new OpenReleases(options);
    this.#tellFaults = createTellFaults(options.events);
    this.#sweep = createSweep({
      ...options,
      open: this.#open,
      signal: this.#closing.signal,
      close: (canary, calledBefore) => this.#closeIdle(canary, calledBefore),
    });
  }

  /**
   * Does to the release what the call asks for, and tells how it stands. Never
   * waits for a look.
   *
   * @throws CoalmineError invalid-spec or not-found for a spec that cannot be had; nothing has changed then.
   */
  follow(call: JudgedCall, promoted: PromotedByHand): Promise<Followed> {
    return this.#inTurn(keyOf(call.canary), async () => {
      const known = await this.#called(call.canary);
      await this.#refresh(known);
      const remarks = await this.#move(known, call);
      this.#sweep();
      const standing = this.#standing(known, call);
      const release = openOf(known, call);
      if (release !== null) await this.#tell(known, release, standing, await promoted(standing));
      return { standing, remarks };
    });
  }

  /** When the latest release of the Canary began, or ended if it has: what was said before is not about the next one. */
  async latestSince(canary: CanaryName): Promise<number | null> {
    const release = await this.#open.latest(canary);
    return release === null ? null : (release.closedAt ?? release.openedAt);
  }

  /** Takes in an event of Flagger's. */
  hear(call: AskedCall): Promise<void> {
    const event = readHookEvent(call.metadata["eventMessage"] ?? "");
    return this.#inTurn(keyOf(call.canary), async () => {
      const known = await this.#called(call.canary);
      const release = openOf(known, call);
      if (release === null) return;
      if (event.kind === "ended")
        await this.#close(known, release, call, "Flagger's event says that it has ended");
      if (event.kind === "weight" && event.weight !== release.weight) {
        const { weight } = event;
        await this.#open.put(known, { ...release, weight });
        this.#setWeight(known);
        const about = { ...call.canary, revision: release.revision, weight };
        this.#options.logger.info(about, "the canary's share of the traffic is told");
      }
    });
  }

  /** Closes the release of the call, if it is its revision's. */
  finish(call: AskedCall): Promise<void> {
    return this.#inTurn(keyOf(call.canary), async () => {
      const known = await this.#called(call.canary);
      const release = openOf(known, call);
      if (release !== null) await this.#close(known, release, call, `post-rollout says ${call.phase}`);
    });
  }

  /** Takes up what a process before this one left open, and answers how many; to be called once the analyses have been resumed. */
  async resume(): Promise<number> {
    const { releases, logger } = this.#options;
    const left = await releases.listOpen();
    for (const canary of left) {
      const { namespace, name } = canary;
      await this.#inTurn(keyOf(canary), async () => {
        const known = await this.#called(canary);
        await this.#refresh(known);
        this.#setWeight(known);
      }).catch((error: unknown) => {
        logger.error(
          { namespace, name, err: error },
          "a release could not be taken up: its next call tries again",
        );
      });
    }
    return left.length;
  }

  /** Nothing new is opened from here on; what is known is answered. */
  close(): void {
    this.#closing.abort(new Error("the server is shutting down"));
  }

  async #called({ namespace, name }: CanaryName): Promise<OpenRelease> {
    const known = await this.#open.load({ namespace, name });
    const now = this.#options.clock.now();
    known.calledAt = now;
    await this.#tellOthers(known, now);
    this.#sweep();
    return known;
  }

  /** Others that share the store must not take it for one that nothing calls for. */
  async #tellOthers(known: OpenRelease, now: number): Promise<void> {
    const { isShared, idleTimeoutMs } = this.#options;
    const { release } = known;
    if (!isShared || release === null || release.closedAt !== null) return;
    if (now - release.calledAt >= idleTimeoutMs / 8)
      await this.#open.put(known, { ...release, calledAt: now });
  }

  /** Brings the analysis up to date; one that nobody knows any more is to be opened anew. */
  async #refresh(known: OpenRelease): Promise<void> {
    const { release } = known;
    if ((await this.#open.refresh(known)) || release === null) return;
    const { canary, revision, analysis, openedAt } = release;
    const { logger } = this.#options;
    logger.warn(
      { ...canary, revision, analysis, openedAt: new Date(openedAt).toISOString() },
      "the analysis of a release is lost: the next call opens another",
    );
    known.analysis = null;
    known.refusal = `analysis ${analysis} was lost in a restart; the next hook opens another`;
    await this.#open.put(known, { ...again(release), lost: analysis });
  }

  /** What the call changes; answers what its caller should know beside how the release stands. */
  async #move(known: OpenRelease, call: JudgedCall): Promise<readonly string[]> {
    const { clock } = this.#options;
    const isEmpty = Object.keys(call.metadata).length === 0;
    const choice = isEmpty ? null : await this.#chooseAgain(known, call);
    const move = planCall(known.release, { ...call, says: choice?.isSaid === true }, clock.now());
    if ((move.kind === "note" || move.kind === "open") && this.#refusal(call) !== null) return [];
    switch (move.kind) {
      case "note":
        await this.#supersede(known, move.release, call);
        known.refusal = "no analysis yet: it is opened by the hooks after rollback";
        return [];
      case "open":
        return await this.#begin(known, move.release, call, choice ?? (await this.#choose(call)));
      case "stay":
        return remarksOn(known, call, choice, this.#options.logger);
      case "stray":
        return [];
      default:
        return unreachable(move);
    }
  }

  #choose(call: JudgedCall): Promise<SpecChoice> {
    return this.#tellFaults(call, () => this.#options.chooseSpec(call));
  }

  /**
   * What the metadata asks for; null where it asks for what runs already, though
   * the document that it names can no longer be read: a mistake there must not
   * roll back every release that was judged by it. Nor does a mistake in the
   * metadata of the rollback hook alone hide a fail.
   */
  async #chooseAgain(known: OpenRelease, call: JudgedCall): Promise<SpecChoice | null> {
    try {
      return await this.#choose(call);
    } catch (thrown) {
      const runs = openOf(known, call) !== null && known.analysis !== null;
      const isHarmless = call.hook === "rollback" || sameJson(call.metadata, known.saidBy);
      if (runs && isHarmless && isConfigFault(thrown)) return null;
      throw thrown;
    }
  }

  /** Opens the analysis of the release to be, or keeps the release without one where that has to wait. */
  async #begin(
    known: OpenRelease,
    wanted: Release,
    call: JudgedCall,
    own: SpecChoice,
  ): Promise<readonly string[]> {
    const { analyses, clock, logger, events } = this.#options;
    const saidBefore = known.release?.revision === wanted.revision ? known.said : null;
    const choice = own.isSaid ? own : (saidBefore ?? own);
    const release = { ...wanted, options: choice.options };
    const now = clock.now();
    const asked = analyses.askedBy(askerOf(call));
    const opening = await this.#tellFaults(call, () => openAnalysis(asked, release, choice.spec, now));
    const about = { ...call.canary, revision: release.revision, hook: call.hook };
    if (opening.kind === "refused") {
      const { why } = opening;
      if (release.refusedSince === null) logger.warn({ ...about, why }, "no analysis could be opened");
      await this.#supersede(known, { ...release, refusedSince: release.refusedSince ?? now }, call);
      known.said = choice.isSaid ? choice : null;
      known.refusal = why;
      return [];
    }
    const { record, attempt } = opening;
    const opened = { attempt, analysis: record.id, isSaid: choice.isSaid, refusedSince: null, lost: null };
    await this.#supersede(known, { ...release, ...opened }, call);
    known.analysis = record;
    known.said = choice.isSaid ? choice : null;
    known.saidBy = own.isSaid ? call.metadata : null;
    this.#setWeight(known);
    const anew = release.lost === null ? [] : [`opened anew: analysis ${release.lost} was lost in a restart`];
    events.tell(call.canary, startedEvent(judgedText(record), [...anew, ...own.unknownKeys]));
    logger.info({ ...about, analysis: record.id }, "the analysis of a release is opened");
    return [...anew, ...introduction(known, call, own, logger)];
  }

  #standing(known: OpenRelease, call: JudgedCall): Standing {
    const { release, analysis, refusal } = known;
    const now = this.#options.clock.now();
    const open = openOf(known, call);
    if (open !== null) return standingOf(open, analysis, refusal, now);
    const move = planCall(release, { ...call, says: false }, now);
    if (move.kind === "stray") return { kind: "superseded", reason: `superseded by ${move.by}` };
    const reason = `no analysis: one is opened in phase Progressing, and this call says "${call.phase}"`;
    return { kind: "none", reason: (move.kind === "stay" ? null : this.#refusal(call)) ?? reason };
  }

  /** Why no release can be begun or changed now; null: it can. */
  #refusal({ canary }: JudgedCall): string | null {
    if (this.#closing.signal.aborted) return "the server is shutting down; ask again";
    const { mostReleases } = this.#options;
    if (this.#open.size < mostReleases || this.#open.has(canary)) return null;
    return `${mostReleases} releases go on already, which is the limit`;
  }

  /** Makes `next` the Canary's release; the analysis of the one before ends. */
  async #supersede(known: OpenRelease, next: Release, call: AskedCall): Promise<void> {
    const { release } = known;
    if (release !== null && release.closedAt === null && release.analysis !== null) {
      const standing = standingOf(release, known.analysis, "", this.#options.clock.now());
      await this.#tell(known, release, standing, null);
      this.#open.cancel(known, askerOf(call));
    }
    if (release !== null && (release.revision !== next.revision || release.attempt !== next.attempt)) {
      known.analysis = null;
      known.said = null;
      known.saidBy = null;
      known.compared = new WeakMap();
      known.isWarned = false;
    }
    await this.#open.put(known, next);
  }

  /** @param call that asks for it; null where none does. */
  async #close(known: OpenRelease, release: Release, call: AskedCall | null, why: string): Promise<void> {
    const { clock, logger } = this.#options;
    await this.#open.refresh(known).catch((error: unknown) => {
      logger.error({ analysis: release.analysis, err: error }, "an analysis could not be read");
    });
    await this.#tell(known, release, standingOf(release, known.analysis, "", clock.now()), null);
    this.#open.cancel(known, call === null ? serverItself : askerOf(call));
    await this.#open.put(known, { ...(known.release ?? release), closedAt: clock.now() });
    const { canary, revision, analysis } = release;
    logger.info({ ...canary, revision, analysis, why }, "a release is closed");
  }

  /** Tells people what they have not been told yet. */
  async #tell(known: OpenRelease, release: Release, standing: Standing, byHand: Gate | null): Promise<void> {
    const sourceAway = known.analysis?.state?.sourceAway?.message ?? null;
    const { events, told } = newsOf({ release, standing, byHand, sourceAway });
    if (events.length === 0) return;
    for (const event of events) this.#options.events.tell(release.canary, event);
    await this.#open.put(known, { ...release, told });
  }

  #setWeight({ release }: OpenRelease): void {
    if (release === null || release.analysis === null || release.weight === null) return;
    this.#options.analyses.setWeight(release.analysis, release.weight);
  }

  /** Closes what nothing calls for any more. */
  async #closeIdle(canary: CanaryName, calledBefore: number): Promise<void> {
    await this.#inTurn(keyOf(canary), async () => {
      const known = await this.#open.load(canary);
      const { release } = known;
      if (release === null || release.closedAt !== null) return;
      known.calledAt = Math.max(known.calledAt, release.calledAt);
      // Less an eighth: others tell of their calls as seldom as that.
      if (known.calledAt > calledBefore - (this.#options.isShared ? this.#options.idleTimeoutMs / 8 : 0))
        return;
      await this.#close(known, release, null, "nothing has called for it");
    });
  }
}

function askerOf({ caller }: AskedCall): Asker {
  return { caller, door: "flagger" };
}

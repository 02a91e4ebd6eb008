/** The life of a release, as a function of what is known of it and the call that comes: the same call twice changes nothing more. */
import type { HookCall, HookType } from "../hook-call.ts";
import { newRelease, type Release } from "./release.ts";

/** The types that a release's standing is the answer to. */
export type JudgedHook = Exclude<HookType, "confirm-rollout" | "post-rollout" | "event">;

/** What the life of a release depends on in a call. */
export interface LifeCall extends Pick<HookCall, "canary" | "phase" | "checksum"> {
  readonly hook: JudgedHook;
  /** Whether its metadata says what to judge. */
  readonly says: boolean;
}

/** What a call does to the release of its Canary. */
export type Move =
  /** Nothing: what is known is the answer. */
  | { readonly kind: "stay" }
  /** Nothing: the call was under way when its revision was superseded. */
  | { readonly kind: "stray"; readonly by: string }
  /** The release becomes this one; its analysis is still to come. */
  | { readonly kind: "note"; readonly release: Release }
  /** The release becomes this one, and its analysis is to be opened. */
  | { readonly kind: "open"; readonly release: Release };

/** How long calls of a revision that was superseded, or has ended, may still be under way, in milliseconds: Flagger waits as long for a webhook. */
const strayMs = 10_000;

/** How long opening an analysis is tried, in milliseconds, before the release counts as inconclusive. */
export const patienceMs = 600_000;

/** The phases in which Flagger shifts traffic; a newer Flagger's others open nothing. */
const openingPhases: ReadonlySet<string> = new Set(["Progressing", "WaitingPromotion"]);

const stay: Move = { kind: "stay" };

/**
 * What a call does, where `release` is the latest of its Canary. The phase
 * counts, and so does the checksum; the time of a call does not, but for the
 * strays.
 */
export function planCall(release: Release | null, call: LifeCall, now: number): Move {
  if (release !== null && isStray(release, call, now)) return { kind: "stray", by: release.revision };
  if (!openingPhases.has(call.phase)) return stay;
  if (release === null || release.revision !== call.checksum) return begun(release, call, now);
  if (release.closedAt !== null)
    return isLate(release.closedAt, call, now) ? stay : begun(release, call, now);
  if (release.analysis !== null) {
    // What was opened by defaults gives way to what somebody says.
    return call.says && !release.isSaid ? { kind: "open", release: again(release) } : stay;
  }
  if (isOutOfPatience(release, now)) return stay;
  // Asked first in every tick, and often without metadata: the hooks that say what to judge come after it.
  if (call.hook === "rollback" && !call.says && !release.isAsked && release.refusedSince === null)
    return { kind: "note", release: { ...release, isAsked: true } };
  return { kind: "open", release };
}

/** Whether nothing more is tried: the release is inconclusive for want of an analysis. */
export function isOutOfPatience({ refusedSince }: Release, now: number): boolean {
  return refusedSince !== null && now - refusedSince >= patienceMs;
}

/** The same release, to be judged by another analysis. */
export function again(release: Release): Release {
  const { canary, revision, attempt, openedAt, options, weight, supersedes } = release;
  return { ...newRelease(canary, revision, attempt + 1, openedAt), options, weight, supersedes };
}

/** Of a revision that has ended: one in phase Progressing is the same once more, but one that waits for a word may have been under way. */
function isLate(closedAt: number, { phase }: LifeCall, now: number): boolean {
  return phase !== "Progressing" && now - closedAt < strayMs;
}

function isStray({ supersedes, revision }: Release, { hook, checksum }: LifeCall, now: number): boolean {
  return (
    supersedes !== null &&
    supersedes.revision === checksum &&
    revision !== checksum &&
    now - supersedes.at < strayMs &&
    // Flagger begins a revision with it, so this one has come back.
    hook !== "pre-rollout"
  );
}

function begun(before: Release | null, { canary, checksum, hook, says }: LifeCall, now: number): Move {
  const fresh = newRelease(canary, checksum, (before?.attempt ?? 0) + 1, now);
  const superseded = before !== null && before.closedAt === null && before.revision !== checksum;
  const release = superseded ? { ...fresh, supersedes: { revision: before.revision, at: now } } : fresh;
  return hook === "rollback" && !says
    ? { kind: "note", release: { ...release, isAsked: true } }
    : { kind: "open", release };
}

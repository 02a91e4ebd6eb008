import type { ReleaseRecord } from "../../../analysis/ports.ts";
import type { CanaryName } from "../hook-call.ts";
import type { ReleaseOptions } from "./release-options.ts";

/** A revision of a Canary on its way, and the analysis that judges it. Times are milliseconds since the epoch. */
export interface Release {
  readonly canary: CanaryName;
  /** Flagger's checksum. */
  readonly revision: string;
  /** Counts the analyses of the Canary, from 1. */
  readonly attempt: number;
  /** Its id; null before there is one. */
  readonly analysis: string | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** When it was called for, as far as it was kept: for servers that share the store, and see a part of the calls each. */
  readonly calledAt: number;
  /** Whether a hook's metadata said what to judge; without a word it is all defaults. */
  readonly isSaid: boolean;
  readonly options: ReleaseOptions;
  /** Whether the rollback hook has asked before there was an analysis. */
  readonly isAsked: boolean;
  /** Since when no analysis could be opened, because too many run or the server shuts down; null where that is not so. */
  readonly refusedSince: number | null;
  /** The canary's share of the traffic in percent, as Flagger's events said it. */
  readonly weight: number | null;
  /** The revision that it took the place of before that one had ended, and when. */
  readonly supersedes: { readonly revision: string; readonly at: number } | null;
  /** The analysis that a restart lost, until another is opened. */
  readonly lost: string | null;
  /** What people have been told of the analysis. */
  readonly told: readonly string[];
}

/** What holds where nobody said otherwise. */
const defaultOptions: ReleaseOptions = { onInconclusive: "hold", holdTimeoutMs: 3_600_000 };

/** A release of which nothing is known but that it has begun. */
export function newRelease(canary: CanaryName, revision: string, attempt: number, openedAt: number): Release {
  return {
    canary,
    revision,
    attempt,
    analysis: null,
    openedAt,
    closedAt: null,
    calledAt: openedAt,
    isSaid: false,
    options: defaultOptions,
    isAsked: false,
    refusedSince: null,
    weight: null,
    supersedes: null,
    lost: null,
    told: [],
  };
}

/** As the store keeps it. */
export function recordOf(release: Release): ReleaseRecord {
  const { canary, revision, attempt, analysis, openedAt, closedAt } = release;
  const { calledAt, isSaid, options, isAsked, refusedSince, weight, supersedes, lost, told } = release;
  return {
    ...{ namespace: canary.namespace, name: canary.name, revision, attempt, analysis, openedAt, closedAt },
    notes: {
      ...{ calledAt, isSaid, isAsked, refusedSince, weight, lost, told: told.join(" ") },
      onInconclusive: options.onInconclusive,
      holdTimeoutMs: options.holdTimeoutMs,
      supersedes: supersedes?.revision ?? null,
      supersededAt: supersedes?.at ?? null,
    },
  };
}

/** From the store; what its notes lack, as an older version wrote them, is as at the start of a release. */
export function releaseOf({ namespace, name, notes, ...record }: ReleaseRecord): Release {
  const { revision, attempt, analysis, openedAt, closedAt } = record;
  const { onInconclusive, supersedes, told } = notes;
  return {
    ...newRelease({ namespace, name }, revision, attempt, openedAt),
    ...{ analysis, closedAt },
    calledAt: numberOf(notes["calledAt"]) ?? openedAt,
    isSaid: notes["isSaid"] === true,
    options: {
      onInconclusive: onInconclusive === "rollback" || onInconclusive === "promote" ? onInconclusive : "hold",
      holdTimeoutMs: numberOf(notes["holdTimeoutMs"]) ?? defaultOptions.holdTimeoutMs,
    },
    isAsked: notes["isAsked"] === true,
    refusedSince: numberOf(notes["refusedSince"]),
    weight: numberOf(notes["weight"]),
    supersedes:
      typeof supersedes === "string"
        ? { revision: supersedes, at: numberOf(notes["supersededAt"]) ?? openedAt }
        : null,
    lost: typeof notes["lost"] === "string" ? notes["lost"] : null,
    told: typeof told === "string" ? told.split(" ").filter((word) => word !== "") : [],
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

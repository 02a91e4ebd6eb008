import type { AnalysisRecord } from "../../../analysis/analysis-record.ts";
import { formatDuration } from "../../../base/duration.ts";
import type { Release } from "./release.ts";
import { isOutOfPatience, patienceMs } from "./release-life.ts";

/** How a release stands: what every answer follows from. `reason` is the analysis' own, in one line. */
export type Standing =
  /** No analysis is there yet, or could be opened. */
  | { readonly kind: "none"; readonly reason: string }
  | { readonly kind: "running"; readonly reason: string; readonly endsAt: number }
  | { readonly kind: "pass"; readonly reason: string }
  | { readonly kind: "fail"; readonly reason: string }
  /** Inconclusive, and somebody may still decide. */
  | { readonly kind: "held"; readonly reason: string; readonly until: number }
  /** Inconclusive, and to be rolled back; `heldUntil` is null where it was never held. */
  | { readonly kind: "rollback"; readonly reason: string; readonly heldUntil: number | null }
  /** Inconclusive, and to be promoted all the same. */
  | { readonly kind: "promote"; readonly reason: string }
  /** The call is of a revision that another has taken the place of. */
  | { readonly kind: "superseded"; readonly reason: string };

/**
 * How a release stands at `now`.
 *
 * @param analysis what is known of its analysis; null while it has none.
 * @param refusal why none could be opened.
 */
export function standingOf(
  release: Release,
  analysis: AnalysisRecord | null,
  refusal: string,
  now: number,
): Standing {
  if (analysis === null) {
    if (release.refusedSince === null || !isOutOfPatience(release, now))
      return { kind: "none", reason: refusal };
    const reason = `no analysis could be opened for ${formatDuration(patienceMs)}: ${refusal}`;
    return undecided(release, reason, release.refusedSince + patienceMs, now);
  }
  const { phase, verdict, decidedAt, endsAt } = analysis.result;
  const reason = analysis.result.reason.text;
  if (phase === "running" || verdict === null) return { kind: "running", reason, endsAt: Date.parse(endsAt) };
  if (verdict !== "inconclusive") return { kind: verdict, reason };
  return undecided(release, reason, Date.parse(decidedAt ?? endsAt), now);
}

function undecided({ options }: Release, reason: string, since: number, now: number): Standing {
  if (options.onInconclusive !== "hold")
    return options.onInconclusive === "promote"
      ? { kind: "promote", reason }
      : { kind: "rollback", reason, heldUntil: null };
  // Flagger's gates wait for ever, so every hold of ours ends.
  const until = since + options.holdTimeoutMs;
  return now < until ? { kind: "held", reason, until } : { kind: "rollback", reason, heldUntil: until };
}

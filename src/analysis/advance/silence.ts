import type { Cohort, CohortCounts, Stratum } from "../observation.ts";
import type { Silence } from "./state.ts";

/**
 * Adds one look to what is known of each source's silence.
 *
 * @param strata the look's counts, one stratum a source; null when they were
 *   dropped, which is as good as no sample.
 * @param lookedMs how much time the look stands for: time in which nobody could
 *   look is no silence.
 */
export function lookSilence(
  known: readonly Silence[],
  strata: readonly Stratum[] | null,
  lookedMs: number,
): readonly Silence[] {
  if (strata === null) {
    const longer = (ms: number | null) => (ms === null ? null : ms + lookedMs);
    return known.map(({ canary, baseline }) => ({ canary: longer(canary), baseline: longer(baseline) }));
  }
  return strata.map(({ canary, baseline }, i) => ({
    canary: silenceAfter(known[i]?.canary ?? null, canary, lookedMs),
    baseline: baseline && silenceAfter(known[i]?.baseline ?? null, baseline, lookedMs),
  }));
}

/** The longest that any source has been silent on a cohort, in milliseconds; 0 before its first request. */
export function silentMs(silence: readonly Silence[], cohort: Cohort): number {
  return Math.max(0, ...silence.map((one) => one[cohort] ?? 0));
}

function silenceAfter(known: number | null, cohort: CohortCounts, lookedMs: number): number | null {
  const isSeen = known !== null || cohort.settled.total + cohort.warming.total > 0;
  if (!isSeen) return null;
  return cohort.sampled ? 0 : (known ?? 0) + lookedMs;
}

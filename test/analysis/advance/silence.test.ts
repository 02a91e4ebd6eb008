import { describe, expect, it } from "vitest";
import { lookSilence, silentMs } from "../../../src/analysis/advance/silence.ts";
import type { CohortCounts, Stratum } from "../../../src/analysis/observation.ts";

const cohort = (total: number, sampled: boolean): CohortCounts => ({
  settled: { total, bad: [0] },
  warming: { total: 0, bad: [0] },
  sampled,
  pods: [],
  podsWithBad: [],
});
const stratum = (canary: CohortCounts, baseline: CohortCounts | null = cohort(9, true)): Stratum => ({
  canary,
  baseline,
});
const busy = stratum(cohort(1, true));
const flat = stratum(cohort(0, true));
const absent = stratum(cohort(0, false));

const silenceOver = (looks: readonly (readonly Stratum[] | null)[]) =>
  looks.reduce<ReturnType<typeof lookSilence>>((known, strata) => lookSilence(known, strata, 15_000), []);

describe("silence", () => {
  it("begins only after a cohort's first request", () => {
    expect(silentMs(silenceOver([[absent], [absent], [flat], [absent]]), "canary")).toBe(0);
    expect(silentMs(silenceOver([[busy], [absent], [absent]]), "canary")).toBe(30_000);
  });

  it("ends with the next sample, moved or not", () => {
    expect(silentMs(silenceOver([[busy], [absent], [flat]]), "canary")).toBe(0);
  });

  it("takes counts that were dropped for no sample at all", () => {
    const silence = silenceOver([[busy], null, null]);
    expect(silence).toEqual([{ canary: 30_000, baseline: 30_000 }]);
    expect(silenceOver([null])).toEqual([]);
  });

  it("is that of the source which is silent longest", () => {
    const silence = silenceOver([
      [busy, busy],
      [busy, absent],
      [busy, absent],
    ]);
    expect(silentMs(silence, "canary")).toBe(30_000);
    expect(silentMs(silence, "baseline")).toBe(0);
  });

  it("knows no baseline where there is none", () => {
    const alone = stratum(cohort(1, true), null);
    expect(silenceOver([[alone], [alone]])).toEqual([{ canary: 0, baseline: null }]);
  });
});

import { describe, expect, it } from "vitest";
import { pairScrapes } from "../../../src/analysis/advance/pair-scrapes.ts";
import type { CohortCounts, Stratum } from "../../../src/analysis/observation.ts";

const tally = (total: number, bad: number) => ({ total, bad: [bad] });
const cohort = (total: number, bad = 0, sampled = true): CohortCounts => ({
  settled: tally(total, bad),
  warming: tally(0, 0),
  sampled,
  pods: [],
  podsWithBad: [],
});
const unscraped = cohort(0, 0, false);
const seen = { unpaired: [], silence: [{ canary: 0, baseline: 0 }] };
const quarter = { lookedMs: 15_000, isLast: false };

/** Looks one after the other, as the state carries what waits. */
function looks(strata: readonly Stratum[], span = quarter, start: Parameters<typeof pairScrapes>[0] = seen) {
  let known = start;
  return strata.map((stratum) => {
    const paired = pairScrapes(known, [stratum], span);
    known = paired;
    return paired.strata.map(({ canary, baseline }) => [canary.settled, baseline?.settled]);
  });
}

describe("pairScrapes", () => {
  it("lets what both cohorts were scraped for through, and looks without any scrape", () => {
    const both = { canary: cohort(10, 1), baseline: cohort(90, 2) };
    const neither = { canary: unscraped, baseline: unscraped };
    expect(looks([both, neither])).toEqual([[[tally(10, 1), tally(90, 2)]], [[tally(0, 0), tally(0, 0)]]]);
  });

  it("lets what one cohort alone was scraped for wait for the other", () => {
    const canaryAlone = { canary: cohort(10, 1), baseline: unscraped };
    const baselineAlone = { canary: unscraped, baseline: cohort(90, 2) };
    const neither = { canary: unscraped, baseline: unscraped };
    const together = [[tally(10, 1), tally(90, 2)]];
    expect(looks([canaryAlone, baselineAlone])).toEqual([[], together]);
    expect(looks([baselineAlone, neither, canaryAlone])).toEqual([[], [], together]);
  });

  it("adds up what waits, of pods in their warm-up too", () => {
    const warming = { ...unscraped, warming: tally(5, 5), sampled: true };
    const { unpaired } = pairScrapes(seen, [{ canary: warming, baseline: unscraped }], quarter);
    const later = { canary: unscraped, baseline: cohort(7) };
    const [paired] = pairScrapes({ ...seen, unpaired }, [later], quarter).strata;
    expect(paired?.canary).toMatchObject({ settled: tally(0, 0), warming: tally(5, 5), sampled: true });
  });

  it("waits no longer than a minute: who has not come by then is late, or gone", () => {
    const alone = { canary: cohort(10, 1), baseline: unscraped };
    expect(looks([alone, alone, alone, alone])).toEqual([[], [], [], [[tally(40, 4), tally(0, 0)]]]);
  });

  it("waits for nobody at the last look, for no cohort that was never seen, and where there is no baseline", () => {
    const alone = { canary: cohort(10, 1), baseline: unscraped };
    const through = [[[tally(10, 1), tally(0, 0)]]];
    expect(looks([alone], { ...quarter, isLast: true })).toEqual(through);
    expect(looks([alone], quarter, { unpaired: [], silence: [{ canary: 0, baseline: null }] })).toEqual(
      through,
    );
    expect(looks([{ ...alone, baseline: null }])).toEqual([[[tally(10, 1), undefined]]]);
  });

  it("keeps each source's by itself", () => {
    const both = { canary: cohort(10), baseline: cohort(90) };
    const alone = { canary: cohort(3), baseline: unscraped };
    const silence = [
      { canary: 0, baseline: 0 },
      { canary: 0, baseline: 0 },
    ];
    const { strata, unpaired } = pairScrapes({ unpaired: [], silence }, [both, alone], quarter);
    expect(strata).toHaveLength(1);
    expect(unpaired).toMatchObject([null, { waitedMs: 15_000, canary: { settled: tally(3, 0) } }]);
  });
});

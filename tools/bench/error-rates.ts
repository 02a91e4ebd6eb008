// Type I error and power of the shipped engine: `node tools/bench/error-rates.ts [rollouts] [seed]`.
import { advance, startAnalysis } from "../../src/analysis/advance/advance.ts";
import type { CohortCounts } from "../../src/analysis/observation.ts";
import { planAnalysis } from "../../src/analysis/plan/plan.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { seeded } from "./random.ts";
import { drawCounts, type Scenario, scenarios } from "./scenarios.ts";

const looksATick = 4;
const warmupMinutes = 3;

const plan = planAnalysis(
  parseSpec({
    service: "bench",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    metrics: [{ name: "errors", kind: "errors" }],
    duration: "60m",
    minCanaryRequests: 1,
  }),
);

/** One rollout by the spec's defaults: the verdict and the minute it came in. */
function runOne(scenario: Scenario, random: () => number) {
  const rates = scenario.rates(random);
  let state = startAnalysis(plan, 0);
  for (let minute = 0; minute < 60; minute++) {
    const { baseline, canary } = rates(minute);
    const share = scenario.share(minute);
    for (let look = 1; look <= looksATick; look++) {
      const draw = (part: number, rate: number) =>
        drawCounts(random, scenario, (scenario.perMinute * part) / looksATick, rate);
      const isWarm = minute >= warmupMinutes;
      const strata = [
        { canary: cohort(draw(share, canary), isWarm), baseline: cohort(draw(1 - share, baseline), true) },
      ];
      const now = minute * 60_000 + look * (60_000 / looksATick);
      state = advance(
        plan,
        state,
        { kind: "look", metrics: [{ kind: "counts", strata }], pods: [], warnings: [] },
        now,
      );
      if (state.decision !== null) return { verdict: state.decision.verdict, minute: now / 60_000 };
    }
  }
  throw new Error("an analysis that did not end");
}

function cohort(counts: { total: number; bad: number }, isWarm: boolean): CohortCounts {
  const none = { total: 0, bad: [0] };
  const tally = { total: counts.total, bad: [counts.bad] };
  return {
    settled: isWarm ? tally : none,
    warming: isWarm ? none : tally,
    sampled: true,
    pods: [],
    podsWithBad: [],
  };
}

const rollouts = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
console.log(
  `| scenario | fail % | median min from onset | pass % | inconclusive % | reference: abort % / median |`,
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const [i, scenario] of scenarios.entries()) {
  const random = seeded(seed * 1_000 + i);
  const verdicts = Array.from({ length: rollouts }, () => runOne(scenario, random));
  const percent = (verdict: string) =>
    ((100 * verdicts.filter((one) => one.verdict === verdict).length) / rollouts).toFixed(1);
  const delays = verdicts
    .filter(({ verdict, minute }) => verdict === "fail" && minute > (scenario.onset ?? 0))
    .map(({ minute }) => minute - (scenario.onset ?? 0))
    .sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)]?.toFixed(1) ?? "–";
  console.log(
    `| ${scenario.name} | ${percent("fail")} | ${median} | ${percent("pass")} | ${percent("inconclusive")} | ${scenario.reference} |`,
  );
}

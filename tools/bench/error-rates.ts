// False alarms and power of the shipped engine, beside what the reference implementation measured.
import { latencyCourse, latencyScenarios } from "./latency-scenarios.ts";
import { seeded } from "./random.ts";
import { drawCounts, type Scenario, scenarios } from "./scenarios.ts";
import { type Course, oneMetricPlan, simulateRollout, verdictCells } from "./simulate-rollouts.ts";

const heading = [
  "| scenario | fail % | median min from onset | pass % | inconclusive % | reference: abort % / median |",
  "| --- | --- | --- | --- | --- | --- |",
];

/** The table of the error scenarios: so many rollouts of each. */
export function errorRateTable(rollouts: number, seed: number): string {
  const plan = oneMetricPlan("errors");
  const rows = scenarios.map((scenario, i) => {
    const random = seeded(seed * 1_000 + i);
    const verdicts = Array.from({ length: rollouts }, () =>
      simulateRollout(plan, errorCourse(scenario, random)),
    );
    return `| ${scenario.name} | ${verdictCells(verdicts, scenario.onset)} | ${scenario.reference} |`;
  });
  return [...heading, ...rows].join("\n");
}

/** The table of the latency scenarios. */
export function latencyTable(rollouts: number, seed: number): string {
  const plan = oneMetricPlan("latency");
  const rows = latencyScenarios.map((scenario, i) => {
    const random = seeded(seed * 1_000 + 500 + i);
    const verdicts = Array.from({ length: rollouts }, () =>
      simulateRollout(plan, latencyCourse(scenario, random)),
    );
    return `| ${scenario.name} | ${verdictCells(verdicts, scenario.onset)} | ${scenario.reference} |`;
  });
  return [...heading, ...rows].join("\n");
}

function errorCourse(scenario: Scenario, random: () => number): Course {
  const rates = scenario.rates(random);
  let known = { minute: -1, baseline: 0, canary: 0 };
  return {
    history: null,
    draw: (minute, part) => {
      // Some scenarios draw when they are asked, so once a minute.
      if (known.minute !== minute) known = { minute, ...rates(minute) };
      const tally = (share: number, rate: number) => {
        const { total, bad } = drawCounts(random, scenario, scenario.perMinute * part * share, rate);
        return { total, bad: [bad] };
      };
      const share = scenario.share(minute);
      return { canary: tally(share, known.canary), baseline: tally(1 - share, known.baseline) };
    },
  };
}

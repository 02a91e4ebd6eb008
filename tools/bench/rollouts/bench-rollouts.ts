/**
 * Whole rollouts out of a real Prometheus: `npm run bench:rollouts -- [--seeds 1,2] [--family N] [--out file.json]`.
 *
 * Prints the scoring table as markdown and then every answer that should have
 * been another; `--out` keeps all answers as JSON.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openMetrics, type WrittenSeries } from "../../../test/servers/open-metrics.ts";
import { startPrometheus } from "../../../test/servers/start-prometheus.ts";
import { judgeRollout } from "../judge-rollout.ts";
import { seeded } from "../random.ts";
import { cohortRequest, metricsOf, type Naming } from "./cohort-labels.ts";
import { drawRollouts, familyName } from "./families.ts";
import { isClear } from "./information.ts";
import { isFault, outcomeOf, type Scored, scoreTable } from "./score.ts";
import { scrapeSeconds, simulate } from "./simulate.ts";
import { historyMinutes, type Rollout } from "./truth.ts";

/** Begins a two-hour block of Prometheus, which holds every rollout of a seed. */
const blockStart = Date.UTC(2026, 0, 5, 8);

const rolloutsAText = 8;

/** A rollout with its place in the block. */
interface Placed {
  readonly rollout: Rollout;
  readonly naming: Naming;
  readonly startedAt: number;
  readonly seed: number;
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    family: { type: "string" },
    out: { type: "string" },
  },
});

const scored: Scored[] = [];
for (const seed of values.seeds.split(",").map(Number)) scored.push(...(await benchSeed(seed)));

console.log(scoreTable(scored));
const faults = scored.filter(isFault);
console.log(`\n${faults.length} answers that should have been others:`);
for (const one of faults) {
  const { rollout, answer, id, minute } = one;
  console.log(
    `- seed ${one.seed}, ${id}, ${rollout.style}, ${rollout.family} ${familyName(rollout.family)}:`,
    `${outcomeOf(one)} at minute ${minute.toFixed(1)} of ${rollout.minutes} (onset ${rollout.onset.toFixed(1)}): ${answer.reason}`,
  );
}
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(scored, null, 1));

async function benchSeed(seed: number): Promise<Scored[]> {
  const placed = place(seed).filter(
    ({ rollout }) => values.family === undefined || rollout.family === Number(values.family),
  );
  console.error(`seed ${seed}: drawing ${placed.length} rollouts and filling Prometheus`);
  const prometheus = await startPrometheus({ blocksFrom: texts(placed) });
  try {
    const answers: Scored[] = [];
    for (const one of placed) {
      answers.push(await answer(one, prometheus.url));
      if (answers.length % 10 === 0)
        console.error(`seed ${seed}: ${answers.length} of ${placed.length} judged`);
    }
    return answers;
  } finally {
    await prometheus.stop();
  }
}

/** Names and order tell nothing: ids are drawn, and so is when each starts. */
function place(seed: number): Placed[] {
  const random = seeded(seed * 104_729);
  return drawRollouts(seed).map((rollout, index) => ({
    rollout,
    naming: {
      id: `s${Math.floor(random() * 2 ** 31).toString(36)}${index.toString(36)}`,
      style: rollout.style,
    },
    startedAt: blockStart + (historyMinutes + 1) * 60_000 + Math.floor(random() * 40 * 60) * 1_000,
    seed,
  }));
}

/** Made when they are asked for: all of them would not fit into one string. */
function* texts(placed: readonly Placed[]): Generator<string> {
  for (let from = 0; from < placed.length; from += rolloutsAText) {
    yield openMetrics(placed.slice(from, from + rolloutsAText).flatMap(seriesOf));
  }
}

function seriesOf({ rollout, naming, startedAt, seed }: Placed): WrittenSeries[] {
  const random = seeded(seed * 15_485_863 + startedAt / 1_000 + rollout.family);
  return simulate(rollout, naming, startedAt, random);
}

async function answer({ rollout, naming, startedAt, seed }: Placed, prometheus: string): Promise<Scored> {
  const start = startedAt / 1_000;
  const verdict = await judgeRollout({
    id: naming.id,
    prometheus,
    style: naming.style,
    start,
    end: start + rollout.minutes * 60,
    tick: 60,
    scrape: scrapeSeconds,
    metrics: metricsOf(naming.style),
    canary: cohortRequest(naming, "canary"),
    baseline: cohortRequest(naming, "baseline"),
  });
  return {
    id: naming.id,
    seed,
    rollout,
    isClear: rollout.expected === "fail" && isClear(rollout),
    answer: verdict,
    minute: (verdict.at - start) / 60,
  };
}

import {
  type CompareTest,
  commitCompare,
  logCompare,
  lookCompare,
  startCompare,
} from "../../src/engine/sequential/compare-test.ts";
import { worseGrid } from "../../src/engine/sequential/grids.ts";

/**
 * Times one count update: a look of one stratum into the 12-point compare test
 * and its evidence. Run with Node: `node tools/bench/count-update.ts`.
 */
const rounds = 10;
const updatesARound = 100_000;
const looksPerTick = 4;

for (const points of [0, 0.005]) {
  const test: CompareTest = {
    rule: { grid: worseGrid, horizon: 60, cap: 2, dispersion: 1 },
    ratio: 1.25,
    points,
    prior: { rate: 0.001, requests: 1000 },
  };
  let sum = run(test, updatesARound);
  const ns: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    sum += run(test, updatesARound);
    ns.push(((performance.now() - startedAt) * 1e6) / updatesARound);
  }
  ns.sort((a, b) => a - b);
  const [best, median] = [ns[0], ns[rounds / 2]].map((value) => value?.toFixed(0));
  // The sum is printed so that no engine may skip the work.
  console.log(
    `margin 1.25x + ${points}: best ${best}, median ${median} ns an update (checksum ${sum.toFixed(6)})`,
  );
}

/** Rollouts of 60 ticks with an event in most looks; the sum of their evidence in nats. */
function run(test: CompareTest, updates: number): number {
  let state = startCompare(test);
  let sum = 0;
  for (let i = 0; i < updates; i++) {
    state = lookCompare(test, state, [{ nc: 12 + (i % 3), xc: i % 7 === 0 ? 1 : 0, nb: 240, xb: i % 2 }]);
    sum += logCompare(test, state);
    if (i % looksPerTick === looksPerTick - 1) state = commitCompare(test, state);
    if (i % (60 * looksPerTick) === 60 * looksPerTick - 1) state = startCompare(test);
  }
  return sum / updates;
}

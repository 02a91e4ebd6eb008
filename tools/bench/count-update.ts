import {
  type CompareTest,
  commitCompare,
  logCompare,
  lookCompare,
  startCompare,
} from "../../src/engine/sequential/compare-test.ts";
import { worseGrid } from "../../src/engine/sequential/grids.ts";

const looksPerTick = 4;

/**
 * The CPU time of one count update, in nanoseconds: a look of one stratum into the
 * 12-point compare test, and its evidence. The best and the median of `rounds`.
 *
 * @param points of the margin 1.25× + points: with points, the projection needs a root.
 */
export function countUpdateNs(points: number, rounds: number, updatesARound: number) {
  const test: CompareTest = {
    rule: { grid: worseGrid, horizon: 60, cap: 2, dispersion: 1 },
    ratio: 1.25,
    points,
    prior: { rate: 0.001, requests: 1000 },
  };
  let sum = run(test, updatesARound);
  const ns: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = process.cpuUsage();
    sum += run(test, updatesARound);
    const { user, system } = process.cpuUsage(began);
    ns.push(((user + system) * 1_000) / updatesARound);
  }
  ns.sort((a, b) => a - b);
  // Told, so that no engine may skip the work.
  return { best: ns[0] ?? 0, median: ns[rounds >> 1] ?? 0, checksum: sum };
}

/** Rollouts of 60 ticks with an event in most looks; the mean of their evidence in nats. */
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

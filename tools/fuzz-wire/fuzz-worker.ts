/** Runs cases in a thread of its own, which may fail, hang or run out of memory without taking the report along. */
import { parentPort, workerData } from "node:worker_threads";
import { type CaseOutcome, runCase } from "./fuzz-case.ts";
import { Tally } from "./tally-cases.ts";

const { seed, from, to, current } = workerData as {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** The case under way, for those who watch. */
  readonly current: Int32Array;
};

const casesAReport = 1_000;

let tally = new Tally();
process.on("unhandledRejection", (reason) => {
  throw reason;
});
for (let index = from; index < to; index++) {
  Atomics.store(current, 0, index);
  const outcome: CaseOutcome = await runCase(seed, index);
  tally.add(index, outcome);
  if ((index + 1) % casesAReport === 0 || index + 1 === to) {
    tally.measureHeap();
    parentPort?.postMessage(tally.counts);
    tally = new Tally();
  }
}

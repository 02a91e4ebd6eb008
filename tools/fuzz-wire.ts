/**
 * Gives damaged streams to everything of src/wire that reads a peer's bytes, and
 * to what reads Argo's arguments: whatever comes must end in a value or a
 * refusal, soon and in little memory.
 *
 *   node tools/fuzz-wire.ts --count 1000000 --seed 1
 *   node tools/fuzz-wire.ts --count 1000000 --seed 1 --threads 4
 *   node tools/fuzz-wire.ts --count 1 --from 12345 --seed 1     one case again
 *
 * Ends with 1 if something was found.
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type CaseCounts, Tally } from "./fuzz-wire/tally-cases.ts";

/** Of the thread's heap: a case that needs more is a finding. */
const heapLimitMb = 192;
const hangAfterMs = 20_000;
const shownFindings = 20;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    threads: { type: "string", default: "1" },
  },
});
const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
const threads = Number(values.threads);
const tally = new Tally();
let shownCases = 0;
const startedAt = performance.now();

await Promise.all(
  Array.from({ length: threads }, (_, index) => runShare(shareStart(index), shareStart(index + 1))),
);

const { counts } = tally;
const seconds = (performance.now() - startedAt) / 1_000;
console.log(
  `${counts.cases} cases of ${(counts.bytes / 2 ** 20).toFixed(0)} MiB, seed ${seed}, in ${seconds.toFixed(0)} s`,
);
for (const [result, times] of Object.entries(counts.results).sort()) console.log(`  ${result}: ${times}`);
console.log(`the longest took ${counts.slowestMs.toFixed(1)} ms of CPU (${counts.slowest})`);
console.log(`the thread's memory was at most ${counts.heapMb.toFixed(0)} MB of ${heapLimitMb}`);
console.log(`${counts.findings.length} findings`);
for (const { index, target, what, bytes } of counts.findings.slice(0, shownFindings))
  console.log(`\ncase ${index}, ${target}: ${what}\n${bytes.slice(0, 2_000)}`);
process.exitCode = counts.findings.length === 0 ? 0 : 1;

/** Where the cases of a thread begin. */
function shareStart(thread: number): number {
  return from + Math.floor((count * thread) / threads);
}

async function runShare(first: number, end: number): Promise<void> {
  for (let next = first; next < end; ) next = await runThread(next, end);
}

/** Runs cases until all are done or one takes the thread down; returns the number of the next. */
async function runThread(first: number, end: number): Promise<number> {
  const current = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./fuzz-wire/fuzz-worker.ts", import.meta.url), {
    workerData: { seed, from: first, to: end, current },
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  });
  let watched = { index: -1, since: performance.now() };
  const watch = setInterval(() => {
    const index = Atomics.load(current, 0);
    if (index !== watched.index) watched = { index, since: performance.now() };
    else if (performance.now() - watched.since > hangAfterMs) void worker.terminate();
  }, 1_000);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  worker
    .on("message", (counts: CaseCounts) => {
      tally.merge(counts);
      progress();
    })
    .on("error", (error) => resolve(error.stack ?? error.message))
    .on("exit", (code) => resolve(code === 0 ? null : `the case took over ${hangAfterMs / 1_000} s`));
  const what = await promise;
  clearInterval(watch);
  await worker.terminate();
  if (what === null) return end;
  const index = Atomics.load(current, 0);
  tally.counts.findings.push({ index, target: "thread", what, bytes: "" });
  return index + 1;
}

function progress(): void {
  const { cases, findings } = tally.counts;
  if (cases < shownCases + 50_000) return;
  shownCases = cases;
  console.error(`${cases} cases, ${findings.length} findings`);
}

/**
 * The figures of docs/performance.md: `npm run bench -- [--quick] [--only count,look,capacity,state,errors,latency]`.
 *
 * Prints markdown, each figure with the command that makes it. Nothing is judged
 * here: a busy machine gives other figures, and says so by its load.
 */
import { parseArgs } from "node:util";
import { capacity } from "./capacity.ts";
import { countUpdateNs } from "./count-update.ts";
import { errorRateTable, latencyTable } from "./error-rates.ts";
import { lookCost } from "./look-cost.ts";
import { machine } from "./machine.ts";
import { largestState } from "./state-size.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    rollouts: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const isQuick = values.quick;
const rollouts = Number(values.rollouts ?? (isQuick ? 100 : 1_000));
const seed = Number(values.seed);

const sections = { count, look, capacity: manyAnalyses, state, errors, latency };

console.log(`${machine()}.`);
for (const [name, section] of Object.entries(sections)) {
  if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
  console.log(`\n\`npm run bench -- --only ${name}\`\n`);
  console.log(await section());
}

function count(): string {
  const rows = [0, 0.005].map((points) => {
    const { best, median } = countUpdateNs(points, isQuick ? 5 : 20, 100_000);
    return `| one count update, 12-point grid, margin 1.25× + ${100 * points} pp | ${us(median)} µs (best round ${us(best)}) |`;
  });
  return table(rows);
}

async function look(): Promise<string> {
  const rows: string[] = [];
  for (const pods of isQuick ? [50] : [5, 50]) {
    const { median, worst, looks, bytes, series } = await lookCost(pods, isQuick ? 10 : 20);
    const read = `${Math.round(series)} series, ${Math.round(bytes / 1_024)} KB a look`;
    rows.push(
      `| one look, ${pods} pods × 2 cohorts, errors and latency (${read}) | ${median.toFixed(1)} ms of CPU (worst of ${looks}: ${worst.toFixed(1)}) |`,
    );
  }
  return table(rows);
}

async function manyAnalyses(): Promise<string> {
  const fleet = { canaryPods: 2, baselinePods: 8 };
  const rows: string[] = [];
  for (const wanted of isQuick ? [250] : [250, 500, 1_000]) {
    const { analyses, looks, cpuShare, peakRssMb, latenessMs, errors } = await capacity(
      wanted,
      isQuick ? 15 : 45,
      fleet,
    );
    rows.push(
      `| ${analyses} | ${looks} | ${(100 * cpuShare).toFixed(0)} % of a core | ${peakRssMb.toFixed(0)} MB | ${latenessMs.median} / ${latenessMs.p99} ms | ${errors} |`,
    );
  }
  return [
    `Services of ${fleet.canaryPods} canary and ${fleet.baselinePods} baseline pods; a look every 15 s; a stand-in for Prometheus in another process.`,
    "",
    "| live analyses | looks measured | CPU | peak RSS | look done after it was due, median / p99 | errors |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

async function state(): Promise<string> {
  const { bytes, packed } = await largestState(100, isQuick ? 12 : 30);
  return table([`| largest state, 5 metrics and 100 pods | ${bytes} bytes of JSON, ${packed} deflated |`]);
}

function errors(): string {
  return `${rollouts} simulated rollouts of an hour each, seed ${seed}.\n\n${errorRateTable(rollouts, seed)}`;
}

function latency(): string {
  return `${rollouts} simulated rollouts of an hour each, seed ${seed}.\n\n${latencyTable(rollouts, seed)}`;
}

function table(rows: readonly string[]): string {
  return ["| what | measured |", "| --- | --- |", ...rows].join("\n");
}

function us(ns: number): string {
  return (ns / 1_000).toFixed(2);
}

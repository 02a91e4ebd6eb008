/**
 * Our plugin beside Argo's own sample in Go, in one run and in turns:
 * `npm run bench:plugin -- [--quick] [--argo 1.10.1]`.
 *
 * Both are called by the controller's own client code. Prints markdown; nothing
 * is judged here: a busy machine gives other figures, and says so by its load.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ArgoVersion, argoVersions, buildArgoHost } from "../../../test/servers/build-argo-host.ts";
import { goSample, ours, packageFolder } from "./contestant.ts";
import { measurePlugins, type PluginFigures } from "./measure-plugin.ts";
import { startPrometheusStub } from "./prometheus-stub.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, argo: { type: "string", default: "1.9.1" } },
});
const version = argoVersions.find((one) => one === values.argo);
if (version === undefined) throw new Error(`--argo: one of ${argoVersions.join(", ")} wanted`);
const effort = values.quick
  ? { starts: 3, sequential: 50, parallel: 160, resumes: 100, rounds: 2 }
  : { starts: 20, sequential: 400, parallel: 1_600, resumes: 500, rounds: 10 };

console.log(await bench(version));

async function bench(argo: ArgoVersion): Promise<string> {
  const load = loadavg()[0]?.toFixed(1);
  const programs = await buildArgoHost(argo, (line) => console.error(line));
  const folder = mkdtempSync(join(tmpdir(), "coalmine-bench-plugin-"));
  const prometheus = await startPrometheusStub();
  try {
    const contestants = [
      await ours(folder, prometheus.url),
      goSample(programs.sampleMetricPlugin, prometheus.url),
    ];
    const figures = await measurePlugins(programs, contestants, effort);
    return [
      machine(load),
      `Argo Rollouts ${argo}'s client; ${effort.starts} starts, ${effort.sequential} calls one after another, ${effort.parallel} of 16 at a time.`,
      `Go's sample asks its Prometheus (a stub) in each Run; ours answers what it knows by then, and asks in the background.`,
      "",
      `| what | ${contestants.map(({ title }) => title).join(" | ")} | wanted of ours |`,
      "| --- | --- | --- | --- |",
      ...rows([...figures.values()]),
      "",
      packageSize(),
    ].join("\n");
  } finally {
    await prometheus.close();
    rmSync(folder, { recursive: true });
  }
}

function machine(load: string | undefined): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${availableParallelism()} cores (${model}), load average ${load} at the start.`;
}

function rows(all: readonly PluginFigures[]): string[] {
  const row = (what: string, cell: (figures: PluginFigures) => string, wanted = "") =>
    `| ${what} | ${all.map(cell).join(" | ")} | ${wanted} |`;
  return [
    row("start to handshake, median / p99", (one) => spread(one.handshake), "≤ 150 ms"),
    row("start to the first Run's answer, median / p99", (one) => spread(one.startToFirstRun)),
    row("of that the first Run, median / p99", (one) => spread(one.firstRun)),
    row("processor time from the start to the first Run's answer", (one) => mean(one.startCpu)),
    row("Run, one after another, median / p99", (one) => spread(one.run), "≤ 1.5 × Go's"),
    row("Run, 16 at a time", (one) => rate(one.runsASecond), "≥ 2,000 a second"),
    row("processor time of the plugin a Run, 16 at a time", (one) => mean(one.runCpu)),
    row("Run of a run not heard of before, 16 at a time", (one) => rate(one.freshRunsASecond)),
    row("64 Runs at once, each of another run, to the last answer", (one) => spread(one.burst64)),
    row("Resume, one after another, median / p99", (one) => spread(one.resume)),
    row("Resume, 16 at a time", (one) => rate(one.resumesASecond)),
    row("resident after the start and one Run", ({ rssAfterStart }) => megabytes(rssAfterStart), "≤ 100 MB"),
    row("resident after all calls of one run", ({ rssAfterCalls }) => megabytes(rssAfterCalls), "≤ 100 MB"),
    row("resident with hundreds of runs more, each analysed", ({ rssAfterFresh }) =>
      megabytes(rssAfterFresh),
    ),
  ];
}

function spread(times: readonly number[]): string {
  return `${quantile(times, 0.5).toFixed(2)} / ${quantile(times, 0.99).toFixed(2)} ms`;
}

function mean(times: readonly number[]): string {
  return `${(times.reduce((sum, time) => sum + time, 0) / times.length).toFixed(2)} ms`;
}

function rate(rates: readonly number[]): string {
  return `${Math.round(quantile(rates, 0.5))} a second (best round ${Math.round(Math.max(...rates))})`;
}

function quantile(given: readonly number[], share: number): number {
  const sorted = given.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function packageSize(): string {
  try {
    const files = readdirSync(packageFolder, { recursive: true, encoding: "utf8" });
    const bytes = files.reduce((sum, file) => sum + lstatSync(join(packageFolder, file)).size, 0);
    return `Package folder: ${megabytes(bytes)} in ${files.length} files.`;
  } catch {
    return "Package folder: not there; `npm run package:argo` makes it.";
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

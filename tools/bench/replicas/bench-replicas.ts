/**
 * Live analyses over three replicas and one PostgreSQL, all on this machine, which
 * also plays Prometheus: `npm run bench:replicas -- [--analyses 5000] [--interval 60]
 * [--seconds 120]`.
 *
 * How late looks were begun is what the replicas themselves say (`/metrics`). Prints
 * markdown; nothing is judged here.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type CoalmineServer, startCoalmineServer } from "../../../test/real/coalmine-server.ts";
import { startPostgres } from "../../../test/servers/start-postgres.ts";
import { machine } from "../machine.ts";
import { processorMs } from "../processor-ms.ts";
import { startCannedPrometheus } from "../start-canned-prometheus.ts";
import { type Lag, lagBetween, readLag } from "./read-lag.ts";

const { values } = parseArgs({
  options: {
    analyses: { type: "string", default: "5000" },
    interval: { type: "string", default: "60" },
    seconds: { type: "string", default: "120" },
  },
});
const analyses = Number(values.analyses);
const intervalSeconds = Number(values.interval);
const seconds = Number(values.seconds);
/** A start costs several looks, so that fifty a second take both cores of a small machine. */
const startsASecond = 20;
/** As many namespaces as many teams have. */
const namespaces = 20;

console.log(await bench());

async function bench(): Promise<string> {
  await using opened = new AsyncDisposableStack();
  const prometheus = await startCannedPrometheus({ canaryPods: 2, baselinePods: 8 });
  opened.defer(() => prometheus.stop());
  const postgres = await startPostgres({ settings: { fsync: "on", shared_buffers: "128MB" } });
  opened.defer(() => postgres.stop());
  const url = await postgres.createDatabase("bench");
  const settings = {
    sources: { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "2s" } },
    limits: { maxRunning: 2 * analyses, maxRunningPerNamespace: 2 * analyses },
  };
  const start = () => startCoalmineServer(settings, { DATABASE_URL: url, DATABASE_FILE: "" });
  const replicas = await Promise.all([start(), start(), start()]);
  for (const replica of replicas) opened.defer(() => replica.close());
  await startAll(replicas);
  await sleep(1_000 * intervalSeconds);
  return await measure(replicas);
}

async function startAll(replicas: readonly CoalmineServer[]): Promise<void> {
  const spread = Math.max(intervalSeconds, analyses / startsASecond);
  const begunAt = performance.now();
  await Promise.all(
    Array.from({ length: analyses }, async (_, i) => {
      await sleep((1_000 * spread * i) / analyses);
      const url = `${replicas[i % replicas.length]?.url}/v1/analyses`;
      const body = JSON.stringify(documentOf(i));
      const headers = { "content-type": "application/json" };
      const response = await fetch(url, { method: "POST", headers, body });
      if (!response.ok) throw new Error(`not started (${response.status}): ${await response.text()}`);
      await response.arrayBuffer();
    }),
  );
  console.error(`${analyses} analyses started in ${Math.round((performance.now() - begunAt) / 1_000)} s`);
}

function documentOf(i: number) {
  return {
    service: `service-${i}`,
    namespace: `namespace-${i % namespaces}`,
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    duration: "2h",
    interval: `${intervalSeconds}s`,
    tick: `${Math.max(60, intervalSeconds)}s`,
  };
}

async function measure(replicas: readonly CoalmineServer[]): Promise<string> {
  const pids = replicas.map(({ pid }) => pid);
  const before = await lags(replicas);
  const processor = processorMs(pids);
  await sleep(1_000 * seconds);
  const used = processorMs(pids) - processor;
  const lag = lagBetween(before, await lags(replicas));
  const rss = pids.map((pid) => Math.round(residentMb(pid))).join(", ");
  return [
    `${machine()}; PostgreSQL, three replicas and the stand-in for Prometheus on the same.`,
    "",
    "| what | figure |",
    "| --- | ---: |",
    `| analyses, each looked at every | ${analyses}, ${intervalSeconds} s |`,
    `| looks a second | ${(lag.count / seconds).toFixed(1)} |`,
    `| a look begun after it was due, median / p99, at most | ${told(lag.at(0.5))} / ${told(lag.at(0.99))} |`,
    `| processor time of the replicas a look | ${(used / lag.count).toFixed(1)} ms |`,
    `| processor time of the replicas | ${(used / 10 / seconds).toFixed(0)} % of a core |`,
    `| resident memory of each replica | ${rss} MB |`,
  ].join("\n");
}

async function lags(replicas: readonly CoalmineServer[]): Promise<readonly Lag[]> {
  return await Promise.all(
    replicas.map(async ({ url }) => readLag(await (await fetch(`${url}/metrics`)).text())),
  );
}

function told(atMostSeconds: number): string {
  return Number.isFinite(atMostSeconds) ? `${1_000 * atMostSeconds} ms` : "more than the histogram tells";
}

function residentMb(pid: number): number {
  const [, kilobytes = "NaN"] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
}

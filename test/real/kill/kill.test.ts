/**
 * Replicas over one PostgreSQL that are killed one after another, and the database
 * restarted in the middle: every analysis ends as it would have undisturbed.
 *
 * `npm run test:kill` is the long form: KILL_ANALYSES analyses of KILL_SECONDS that look every KILL_INTERVAL, as
 * seldom as two cores keep up with beside the starts of replicas: a look that is late is rightly left out.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { replay } from "../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import type { PrometheusSource } from "../../../src/sources/prometheus/prometheus-source.ts";
import { type RunningPostgres, startPostgres } from "../../servers/start-postgres.ts";
import { type FakePrometheus, startFakePrometheus } from "../../support/fake-prometheus.ts";
import { type CoalmineServer, startCoalmineServer } from "../coalmine-server.ts";
import { lastOf, sourceAt } from "../judge-real.ts";
import { type Ended, listEnded, putAnalysis, readEnded } from "./asked.ts";
import { documentOf, type KnownService, knownServices, seriesOf } from "./known-services.ts";

const services = knownServices(Number(process.env["KILL_ANALYSES"] ?? 40));
const durationSeconds = Number(process.env["KILL_SECONDS"] ?? 40);
const times = { duration: `${durationSeconds}s`, interval: process.env["KILL_INTERVAL"] ?? "5s" };
/** Between two kills, in milliseconds. */
const pauseMs = 4_000;
/** A look that was lost with its replica is called for again after 30 s; then it catches up. */
const patienceMs = 120_000;

let prometheus: FakePrometheus;
let postgres: RunningPostgres;
let replicas: readonly CoalmineServer[] = [];
let source: PrometheusSource;

beforeAll(async () => {
  prometheus = await startFakePrometheus();
  const now = Date.now();
  const until = now + durationSeconds * 1_000 + 600_000;
  prometheus.hold(...services.flatMap((one) => seriesOf(one, now - 600_000, until)));
  prometheus.hideFuture();
  // A large one's time, so that a kill meets looks under way.
  prometheus.always({ kind: "evaluate", afterMs: 500 });
  source = sourceAt(prometheus.url);
  postgres = await startPostgres();
  const url = await postgres.createDatabase("kill");
  const settings = {
    sources: { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "2s" } },
    // Those being started count twice for a moment.
    limits: { maxRunningPerNamespace: 2 * services.length },
  };
  const start = () => startCoalmineServer(settings, { DATABASE_URL: url, DATABASE_FILE: "" });
  replicas = await Promise.all([start(), start(), start()]);
});

afterAll(async () => {
  await Promise.allSettled(replicas.map((replica) => replica.close()));
  await postgres?.stop();
  await source?.close();
  await prometheus?.close();
});

it("every analysis ends with the verdict of an undisturbed run, nothing counted twice and nothing lost", async () => {
  const begunAt = Date.now();
  await putAll();
  await disturb(begunAt + durationSeconds * 1_000);
  // Asked for again, they are the ones there are.
  await putAll();
  const ended = await allEnded(Date.now() + patienceMs);
  prometheus.always({ kind: "evaluate" });
  expect(ended.map(({ service }) => service).sort()).toEqual(services.map(({ name }) => name).sort());
  for (const one of services) {
    const found = ended.find(({ service }) => service === one.name);
    expect(found, one.name).toEqual(await undisturbed(one, found?.startedAt ?? ""));
  }
  expect(replicas.map((replica) => replica.log()).join("")).toContain("looks were lost with their worker");
  expect(new Set(ended.map(({ verdict }) => verdict))).toEqual(new Set(["pass", "fail", "inconclusive"]));
}, 900_000);

async function putAll(): Promise<void> {
  await Promise.all(
    services.map((one, i) =>
      putAnalysis(replicas[i % replicas.length]?.url ?? "", one.name, documentOf(one, times)),
    ),
  );
}

/** Kills a replica every few seconds, each for as long as it takes to start again; restarts the database once. */
async function disturb(until: number): Promise<void> {
  const middle = (Date.now() + until) / 2;
  let isRestarted = false;
  for (let kill = 0; Date.now() < until || !isRestarted; kill++) {
    await sleep(pauseMs);
    const replica = replicas[kill % replicas.length];
    await replica?.kill();
    if (!isRestarted && Date.now() >= middle) {
      isRestarted = true;
      await postgres.restart();
    }
    await replica?.start();
  }
  expect(isRestarted).toBe(true);
}

async function allEnded(until: number): Promise<readonly Ended[]> {
  for (;;) {
    const ended = await listEnded(replicas[0]?.url ?? "");
    if (ended.length === services.length || Date.now() > until) return ended;
    await sleep(1_000);
  }
}

/** What the same samples come to when nobody is killed. */
async function undisturbed(one: KnownService, startedAt: string): Promise<Ended> {
  const spec = parseSpec(documentOf(one, times));
  const { signal } = new AbortController();
  const options = { id: "again", spec, sources: [source], startedAt: Date.parse(startedAt), signal };
  return readEnded((await lastOf(replay(options))).result);
}

/** The controller killed and Prometheus away in the middle of an analysis: no evidence is lost, and no good release is aborted. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AnalysisRun, measurementsOf } from "../../support/analysis-run.ts";
import {
  analysisStep,
  badImage,
  checkoutWith,
  goodImage,
  openShop,
  patience,
  quickSpec,
  type Shop,
} from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop?.close());

const steps = [{ setWeight: 25 }, analysisStep, { setWeight: 50 }];
const lasting = (duration: string) => ({
  provider: { plugin: { "coalmine/analysis": { ...quickSpec, duration } } },
});
const latest = (run: AnalysisRun | undefined) => (run === undefined ? undefined : measurementsOf(run).at(-1));
const hasState = (run: AnalysisRun) => (latest(run)?.metadata["state"] ?? "") !== "";

it("a new controller goes on from the metadata after the old one was killed, and no plugin is left behind", async () => {
  const { rollout } = await shop.open("leader", checkoutWith({ steps, metric: lasting("40s") }));
  await rollout.setImage(goodImage);
  await rollout.waitForAnalysisRun("has a state", hasState, patience);
  await sleep(5_000);
  const [plugin] = shop.argo.pluginPids("coalmine/analysis");
  expect(plugin).toBeDefined();
  await shop.argo.kill();
  await expect.poll(() => shop.argo.pluginPids(), { timeout: 60_000 }).toEqual([]);
  const [before] = await rollout.analysisRuns();
  await shop.argo.start();
  const after = await rollout.waitForAnalysisRun(
    "has ended",
    ({ status }) => status.phase === "Successful",
    patience,
  );
  expect(latest(after)).toMatchObject({
    phase: "Successful",
    startedAt: latest(before)?.startedAt,
    metadata: { analysis: latest(before)?.metadata["analysis"] },
  });
  expect(measurementsOf(after)).toHaveLength(1);
  await rollout.waitForPhase("Healthy", patience);
});

it("a plugin that is killed in the middle is started again, and the analysis goes on where it was", async () => {
  const { rollout } = await shop.open("plugin-killed", checkoutWith({ steps, metric: lasting("20s") }));
  await rollout.setImage(goodImage);
  const before = await rollout.waitForAnalysisRun("has a state", hasState, patience);
  const pids = shop.argo.pluginPids("coalmine/analysis");
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await rollout.waitForPhase("Healthy", patience);
  const [after] = await rollout.analysisRuns();
  expect(after?.status.phase).toBe("Successful");
  expect(latest(after)?.metadata["analysis"]).toBe(latest(before)?.metadata["analysis"]);
});

it("Prometheus away for two minutes in the middle aborts nothing; a bad release is still found afterwards", async () => {
  const [good, bad] = await Promise.all([
    shop.open("outage-good", checkoutWith({ steps, metric: lasting("3m") })),
    shop.open("outage-bad", checkoutWith({ steps, metric: lasting("10m") })),
  ]);
  // The bad release begins to be so only when nobody can see it: its pods are new at the end of the outage.
  await good.rollout.setImage(goodImage);
  await good.rollout.waitForAnalysisRun("has a state", hasState, patience);
  await shop.prometheus.kill();
  await bad.rollout.setImage(badImage);
  const away = await bad.rollout.waitForAnalysisRun(
    "says so",
    (run) => /Prometheus|source|ECONNREFUSED/i.test(latest(run)?.message ?? ""),
    patience,
  );
  expect(latest(away)?.phase).toBe("Running");
  await sleep(120_000);
  for (const { rollout } of [good, bad]) {
    const [run] = await rollout.analysisRuns();
    expect(latest(run)?.phase).toBe("Running");
    expect((await rollout.read()).status.abort).not.toBe(true);
  }
  await shop.prometheus.restart();
  const { status } = await good.rollout.waitForPhase("Healthy", patience);
  expect(status.stableRS).toBe(status.currentPodHash);
  const aborted = await bad.rollout.waitForPhase("Degraded", patience);
  expect(aborted.status.message).toMatch(/errors/);
});

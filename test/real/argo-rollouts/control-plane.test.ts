/** The control plane does what tests of plugins take for granted; shown with Argo's own sample plugin in Go. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildControlPlane } from "../../servers/build-control-plane.ts";
import { type ArgoController, startArgoController } from "../../servers/start-argo-controller.ts";
import { type AnalysisRun, measurementsOf } from "../../support/analysis-run.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { type FakePrometheus, startFakePrometheus } from "../../support/fake-prometheus.ts";
import type { EventLine } from "../../support/kubernetes-namespace.ts";
import { checkout } from "./checkout.ts";
import { patience } from "./shop.ts";

const plugin = "argoproj/sample-prometheus";

let prometheus: FakePrometheus;
let argo: ArgoController;

beforeAll(async () => {
  prometheus = await startFakePrometheus();
  const { sampleMetricPlugin } = await buildControlPlane();
  argo = await startArgoController({
    plane: sharedControlPlane(),
    metricPlugins: [{ name: plugin, location: sampleMetricPlugin }],
  });
});

afterAll(async () => {
  await argo.close();
  await prometheus.close();
});

describe("an update with the sample metric plugin", () => {
  it("is promoted when the measurements are good", async () => {
    answer(0.99);
    const shop = await argo.createNamespace("promoted");
    await shop.apply(checkout({ metric: sampleMetric({ count: 3 }) }));
    const rollout = shop.rollout("checkout");
    const first = await rollout.waitForPhase("Healthy", patience);
    await rollout.setImage("shop/checkout:2");
    const second = await rollout.waitForPhase("Healthy", patience);
    expect(second.status.stableRS).not.toBe(first.status.stableRS);
    const [run, ...others] = await rollout.analysisRuns();
    expect(others).toEqual([]);
    expect(values(run)).toEqual(["[0.99]", "[0.99]", "[0.99]"]);
    expect(await argo.command(shop.name, "get", "rollout", "checkout")).toMatch(/Status:\s+✔ Healthy/);
  });

  it("is aborted when one is bad, and the Rollout says why", async () => {
    answer(0.5);
    const shop = await argo.createNamespace("aborted");
    await shop.apply(checkout({ metric: sampleMetric({ count: 3 }) }));
    const rollout = shop.rollout("checkout");
    const { status: first } = await rollout.waitForPhase("Healthy", patience);
    await rollout.setImage("shop/checkout:2");
    const { status } = await rollout.waitForPhase("Degraded", patience);
    expect(status.abort).toBe(true);
    expect(status.message).toContain('Metric "judge" assessed Failed due to failed (1) > failureLimit (0)');
    expect(status.stableRS).toBe(first.stableRS);
    // The Event comes when the status is there already.
    const aborted = await shop.waitFor({
      what: "an Event tells of the abort",
      read: async () => (await shop.events("Rollout/checkout")).filter(isReason("RolloutAborted")),
      until: (events) => events.length > 0,
      seconds: patience,
    });
    expect(aborted).toHaveLength(1);
    await shop.waitFor({
      what: "all five pods are the stable version's again",
      read: rollout.pods,
      until: (pods) => pods.length === 5 && pods.every((pod) => pod.hash === first.stableRS && pod.isReady),
      seconds: patience,
    });
  });

  it("goes on with a new controller after the first one was killed", async () => {
    answer(0.99);
    const shop = await argo.createNamespace("killed");
    await shop.apply(checkout({ metric: sampleMetric({ count: 4 }) }));
    const rollout = shop.rollout("checkout");
    await rollout.waitForPhase("Healthy", patience);
    await rollout.setImage("shop/checkout:2");
    const before = await rollout.waitForAnalysisRun(
      "has a measurement",
      (run) => measurementsOf(run).length > 0,
      patience,
    );
    await argo.kill();
    // The sample plugin does not notice, and its file cannot be replaced while it runs.
    const orphans = argo.pluginPids(plugin);
    expect(orphans).toHaveLength(1);
    for (const pid of orphans) process.kill(pid, "SIGKILL");
    await until(() => argo.pluginPids(plugin).length === 0);
    await argo.start();
    await rollout.waitForPhase("Healthy", patience);
    const [run, ...others] = await rollout.analysisRuns();
    expect(others).toEqual([]);
    expect(run?.metadata.uid).toBe(before.metadata.uid);
    expect(values(run)).toHaveLength(4);
  });
});

describe("the plane", () => {
  it("refuses a field that the kind does not have", async () => {
    const shop = await argo.createNamespace("strict");
    const misspelt = checkout({ metric: sampleMetric({ count: 1 }) }).replace(
      "setWeight: 50",
      "setWeigth: 50",
    );
    await expect(shop.apply(misspelt)).rejects.toThrow("steps[2].setWeigth: field not declared in schema");
  });

  it("gives the controller the rights of a stock install, no more", async () => {
    const shop = await argo.createNamespace("rights");
    const where = { kind: "Pod", namespace: shop.name };
    expect(await argo.api.list(where)).toEqual([]);
    await expect(argo.api.get({ ...where, name: "any" })).rejects.toThrow(/403.*argo-rollouts.*cannot get/s);
    await expect(argo.api.delete({ ...where, name: "any" })).rejects.toThrow(/403.*cannot delete/s);
  });

  it("says what it saw when it waits in vain", async () => {
    const shop = await argo.createNamespace("late");
    await shop.apply(checkout({ metric: sampleMetric({ count: 1 }), replicas: 1 }));
    const rollout = shop.rollout("checkout");
    await rollout.waitForPhase("Healthy", patience);
    await shop.waitFor({
      what: "an Event tells of the end",
      read: async () => await shop.events("Rollout/checkout"),
      until: (events) => events.some(isReason("RolloutCompleted")),
      seconds: patience,
    });
    await expect(rollout.waitForPhase("Degraded", 0)).rejects.toThrow(
      /Rollout checkout is Degraded: not so after 0 s.*phase: Healthy.*RolloutCompleted Rollout\/checkout/s,
    );
  });

  it("has a second controller take over when the leader is killed", async () => {
    const pair = await startArgoController({ plane: sharedControlPlane(), leaderElection: true });
    try {
      // Whichever comes first leads.
      await until(() => pair.isLeading());
      const second = await pair.addReplica();
      const shop = await pair.createNamespace("led");
      expect(second.isLeading()).toBe(false);
      await pair.kill();
      await shop.apply(checkout({ metric: sampleMetric({ count: 1 }), replicas: 1 }));
      await shop.rollout("checkout").waitForPhase("Healthy", patience);
      await until(() => second.isLeading());
    } finally {
      await pair.close();
    }
  });

  it("leaves no process of a controller or a plugin behind", async () => {
    answer(0.99);
    const { sampleMetricPlugin } = await buildControlPlane();
    const short = await startArgoController({
      plane: sharedControlPlane(),
      metricPlugins: [{ name: plugin, location: sampleMetricPlugin }],
    });
    const shop = await short.createNamespace("short");
    await shop.apply(analysisRun(sampleMetric({ count: 1 })));
    await until(() => short.pluginPids().length > 0);
    await short.kill();
    await short.close();
    await until(() => short.pluginPids().length === 0);
    const gone = { kind: "ClusterRoleBinding", name: short.installNamespace };
    expect(await (await argo.createNamespace("after")).api.find(gone)).toBeNull();
  });
});

function answer(value: number): void {
  const result = [{ metric: {}, value: [0, String(value)] }];
  const body = JSON.stringify({ status: "success", data: { resultType: "vector", result } });
  prometheus.always({ kind: "answer", status: 200, body });
}

function sampleMetric({ count }: { readonly count: number }): string {
  const provider = { plugin: { [plugin]: { address: prometheus.url, query: "success_rate" } } };
  const metric = { name: "judge", count, interval: "1s", successCondition: "result[0] >= 0.95", provider };
  return JSON.stringify(count === 1 ? { ...metric, interval: undefined } : metric);
}

function analysisRun(metric: string): string {
  return `{apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: one}, spec: {metrics: [${metric}]}}`;
}

function isReason(wanted: string): (event: EventLine) => boolean {
  return ({ reason }) => reason === wanted;
}

function values(run: AnalysisRun | undefined): readonly string[] {
  return run === undefined ? [] : measurementsOf(run, "judge").map(({ value }) => value);
}

/** For what happens in processes: a test that waits in vain ends with its own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}

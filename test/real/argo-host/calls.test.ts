/** Every call of the controller, by its own client code, to a plugin that tells what it was told. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { analysisRun, largeAnalysisRun, metric, rollout } from "./kubernetes-objects.ts";
import { everyVersion, metricName, type PluginUnderTest, stepName, useArgoHost } from "./use-argo-host.ts";

const program = join(import.meta.dirname, "mirror-program.ts");
const start = useArgoHost([process.execPath, program], "the file");

const began = Date.UTC(2026, 6, 6, 12, 30, 15);
const config = { telemetry: "istio" };
const asked = { metric: metric(metricName, config), analysisRun: analysisRun("run-1") };
const running = { phase: "Running", startedAt: "2026-07-06T12:30:15Z", metadata: { state: "kept" } };

/** What the plugin read of the run and the metric above. */
const view = {
  metric: {
    name: "canary",
    initialDelay: "",
    successCondition: "",
    failureCondition: "",
    config: JSON.stringify(config),
  },
  run: {
    uid: "run-1",
    name: "checkout-6d4b75cb6d-2-1",
    namespace: "shop",
    createdAt: began,
    startedAt: began,
    labels: { "rollout-type": "Step", "rollouts-pod-template-hash": "6d4b75cb6d", "step-index": "1" },
    owner: { kind: "Rollout", name: "checkout", uid: "ro-1" },
    args: { team: "shop" },
    measured: 0,
  },
};

/** What the plugin says it was told, beside its other metadata. */
function toldOf(measurement: unknown) {
  const { told, ...metadata } = Object(measurement).metadata;
  return { told: JSON.parse(told), metadata };
}

describe.each(everyVersion)("the client of Argo Rollouts $version", ({ version }) => {
  let plugin: PluginUnderTest;
  beforeAll(async () => {
    plugin = await start(version);
  });

  it("starts the plugin at the first call, as the kind that is called, once", async () => {
    const { host, measure, step } = await start(version);
    expect(await host.tell("processes")).toEqual({});
    expect(await measure("Type", asked)).toBe("coalmine");
    expect(await measure("InitPlugin", asked)).toEqual({ ErrorString: "" });
    const { processes } = await host.tell("processes");
    expect(processes).toMatchObject([{ cookie: "metricprovider" }]);
    expect(await step("Type", {})).toBe("coalmine");
    expect(await step("InitPlugin", {})).toEqual({ ErrorString: "" });
    const { processes: both = [] } = await host.tell("processes");
    expect(both.map(({ cookie }) => cookie).sort()).toEqual(["metricprovider", "step"]);
  });

  it("gets a measurement of a run, with its times to the second", async () => {
    const { measure } = plugin;
    const measurement = await measure("Run", asked);
    expect(measurement).toMatchObject({
      phase: "Running",
      message: "run",
      startedAt: "2026-07-06T12:30:15Z",
      resumeAt: "2026-07-06T12:31:00Z",
      value: "50",
    });
    expect(measurement).not.toHaveProperty("finishedAt");
    expect(toldOf(measurement).told).toEqual({ ...view, before: null });
  });

  it.each([
    ["Resume", "Running", undefined],
    ["Terminate", "Inconclusive", "2026-07-06T12:40:15Z"],
  ])("hands a measurement back: %s", async (method, phase, finishedAt) => {
    const { measure } = plugin;
    const measurement = await measure(method, { ...asked, measurement: running });
    expect(measurement).toMatchObject({ phase, message: method.toLowerCase(), value: "50" });
    expect(Object(measurement).finishedAt).toBe(finishedAt);
    const { told, metadata } = toldOf(measurement);
    expect(metadata).toEqual({ state: "kept" });
    expect(told).toMatchObject({ ...view, before: { phase: "Running", startedAt: began } });
  });

  it("hears why garbage could not be collected, and the metadata of a metric", async () => {
    const { measure } = plugin;
    expect(await measure("GarbageCollect", { ...asked, limit: 7 })).toEqual({
      ErrorString: "a fault of the coalmine plugin: asked to keep 7 of run-1",
    });
    expect(await measure("GetMetadata", asked)).toEqual({ told: JSON.stringify(config) });
  });

  it.each([
    ["Run", "Running", 11e9],
    ["Terminate", "Successful", 0],
    ["Abort", "Successful", 0],
  ])("asks a step plugin: %s", async (method, phase, requeueAfter) => {
    const { step } = plugin;
    const context = { rollout: rollout("ro-1"), config, status: { analysis: "a" } };
    expect(await step(method, context)).toEqual({
      Result: {
        Phase: phase,
        Message: method.toLowerCase(),
        RequeueAfter: requeueAfter,
        Status: { told: { ...stepView, status: JSON.stringify({ analysis: "a" }) } },
      },
      Error: { ErrorString: "" },
    });
  });

  it("stores what the step answered, and hands it back when it looks again", async () => {
    const { host } = plugin;
    const before = rollout("ro-1");
    const look = async (of: unknown) => {
      const fields = { method: "Run", name: stepName, index: 1, config, rollout: of };
      const { results, error } = await host.tell("reconcileStep", fields);
      expect(error).toBeUndefined();
      return Object(results?.[0]);
    };
    const stored = await look(before);
    expect(stored).toMatchObject({ phase: "Running", backoff: "11s", executions: 1 });
    expect(stored.status.told).toEqual({ ...stepView, status: "" });
    // Long enough ago for the controller to ask again.
    const kept = { ...stored, updatedAt: "2026-07-06T12:30:15Z" };
    const canary = { ...before.status.canary, stepPluginStatuses: [kept] };
    const again = await look({ ...before, status: { ...before.status, canary } });
    expect(again).toMatchObject({ phase: "Running", executions: 2 });
    expect(JSON.parse(again.status.told.status)).toEqual(stored.status);
  });

  it("gets 64 runs measured at once, each its own", async () => {
    const { measure } = plugin;
    const uids = Array.from({ length: 64 }, (_, index) => `run-${index}`);
    const measurements = await Promise.all(
      uids.map((uid) => measure("Run", { ...asked, analysisRun: analysisRun(uid) })),
    );
    expect(measurements.map((one) => toldOf(one).told.run.uid)).toEqual(uids);
  });

  it("hands over a run of a megabyte, and takes a measurement of a megabyte", async () => {
    const { measure } = plugin;
    const run = largeAnalysisRun("large");
    expect(JSON.stringify(run).length).toBeGreaterThan(1_000_000);
    const { told } = toldOf(await measure("Run", { ...asked, analysisRun: run }));
    expect(told.run).toEqual({ ...view.run, uid: "large", measured: 64 });
    const state = "0123456789abcdef".repeat(65_536);
    const measurement = { ...running, metadata: { state } };
    const resumed = await measure("Resume", { ...asked, analysisRun: run, measurement });
    expect(toldOf(resumed).metadata.state === state).toBe(true);
  });
});

const stepView = {
  rollout: {
    uid: "ro-1",
    name: "checkout",
    namespace: "shop",
    stableHash: "5f6d8c9b7",
    canaryHash: "6d4b75cb6d",
    stepIndex: 1,
    weight: 20,
    progressDeadlineSeconds: 1_200,
  },
  config: JSON.stringify(config),
};

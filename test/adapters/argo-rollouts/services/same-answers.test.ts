/** One provider asked over gob, by its service, and by a remote plugin over gob and the service: the answers are the same. */
import { describe, expect, it } from "vitest";
import { createMetricProvider } from "../../../../src/adapters/argo-rollouts/metric-measurements.ts";
import { createRemoteMetricProvider } from "../../../../src/adapters/argo-rollouts/remote/remote-metric-provider.ts";
import { createRemoteStepProvider } from "../../../../src/adapters/argo-rollouts/remote/remote-step-provider.ts";
import { metricMethods, stepMethods } from "../../../../src/adapters/argo-rollouts/services/contract.ts";
import { metricPluginService } from "../../../../src/adapters/argo-rollouts/services/metric-plugin-service.ts";
import { stepPluginService } from "../../../../src/adapters/argo-rollouts/services/step-plugin-service.ts";
import { createStepProvider } from "../../../../src/adapters/argo-rollouts/steps.ts";
import { createMetricPlugin } from "../../../../src/adapters/argo-rollouts/wire/metric-plugin.ts";
import { createStepPlugin } from "../../../../src/adapters/argo-rollouts/wire/step-plugin.ts";
import {
  type GobStruct,
  type GobValue,
  goTimeOfValue,
  type Plugin,
} from "../../../../src/wire/go-plugin/index.ts";
import { quietLogger } from "../../../support/quiet-logger.ts";
import { bytesOf } from "../json/golden-json.ts";
import { type StageOptions, stage, start } from "../provider-stage.ts";
import { callPlugin } from "../wire/call-plugin.ts";
import { serverOf } from "./call-service.ts";

const bytes = (document: unknown) => new Uint8Array(bytesOf(document));
const seconds = start / 1_000;
const createdAt = new Date(start).toISOString();

/** The same run and metric as Go's gob and as Kubernetes' JSON. */
function runOf(config: unknown) {
  const owner = { kind: "Rollout", name: "checkout", uid: "r-1", controller: true };
  const hash = { "rollouts-pod-template-hash": "6bd9" };
  const run: GobStruct = {
    ObjectMeta: {
      UID: "run-1",
      Name: "checkout-6bd9-2",
      Namespace: "shop",
      CreationTimestamp: { seconds, nanos: 0, zone: "UTC" },
      Labels: new Map(Object.entries(hash)),
      OwnerReferences: [{ Kind: "Rollout", Name: "checkout", UID: "r-1", Controller: true }],
    },
  };
  const metric: GobStruct = {
    Name: "coalmine",
    Provider: { Plugin: new Map([["coalmine/analysis", bytes(config)]]) },
  };
  const metadata = {
    uid: "run-1",
    name: "checkout-6bd9-2",
    namespace: "shop",
    creationTimestamp: createdAt,
    labels: hash,
    ownerReferences: [owner],
  };
  return {
    gob: { AnalysisRun: run, Metric: metric },
    json: {
      analysisRunJson: bytes({ metadata, spec: { metrics: [] }, status: { phase: "" } }),
      metricJson: bytes({ name: "coalmine", provider: { plugin: { "coalmine/analysis": config } } }),
    },
  };
}

/** A measurement as the controller decodes it from gob, in JSON's words. */
function inJson(decoded: GobValue) {
  const { Phase, Message, Value, Metadata = new Map(), StartedAt, FinishedAt, ResumeAt } = Object(decoded);
  const time = (value: GobValue | undefined) => {
    if (value === undefined) return {};
    const { seconds: whole, nanos } = goTimeOfValue(value);
    return new Date(whole * 1_000 + nanos / 1_000_000).toISOString();
  };
  const all = {
    phase: Phase,
    message: Message,
    startedAt: time(StartedAt),
    finishedAt: time(FinishedAt),
    value: Value,
    metadata: Object.fromEntries(Metadata),
    resumeAt: time(ResumeAt),
  };
  const isSet = (value: unknown) => value !== undefined && Object.keys(Object(value)).length > 0;
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value)));
}

/** What each way answers to `Run`, and, after `minutes`, to a `Resume` and a `Terminate` of what it answered. */
async function measuredBy(config: unknown, options: StageOptions, minutes: number) {
  const staged = stage(options);
  const provider = createMetricProvider(staged.process());
  const server = serverOf([metricPluginService<null>(() => provider, provider.metadata)], null);
  const remote = createRemoteMetricProvider({ server, clock: staged.clock });
  const plugin = (of: typeof provider): Plugin =>
    createMetricPlugin(of, { clock: staged.clock, logger: quietLogger() });
  const { gob, json } = runOf(config);

  const overGob =
    (of: typeof provider) => async (method: "Run" | "Resume" | "Terminate", before: GobValue) => {
      const name = method === "Run" ? "RunArgs" : "TerminateAndResumeArgs";
      const value = { ...gob, ...(before !== null && { Measurement: before }) };
      const decoded = await callPlugin(plugin(of), method, { name, value });
      return { kept: decoded, answer: inJson(decoded) };
    };
  const overService = async (method: "Run" | "Resume" | "Terminate", before: GobValue) => {
    const measurementJson = before === null ? new Uint8Array() : bytes(before);
    const request = { ...json, measurementJson };
    const asked = await server.ask(metricMethods[method], request);
    const answer = JSON.parse(Buffer.from(asked.measurementJson).toString());
    return { kept: answer, answer };
  };
  const ways = [overGob(provider), overService, overGob(remote)];

  const run = await Promise.all(ways.map((way) => way("Run", null)));
  await staged.passUntil(minutes * 60);
  const again = (method: "Resume" | "Terminate") =>
    Promise.all(ways.map((way, index) => way(method, run[index]?.kept ?? null)));
  const answers = [run, await again("Resume"), await again("Terminate")];
  return answers.map((each) => each.map(({ answer }) => answer));
}

describe("a measurement", () => {
  it.each([
    ["that runs", { telemetry: "http" }, {}, 2, "Running"],
    ["that passes", { telemetry: "http" }, {}, 11, "Successful"],
    ["that fails", { telemetry: "http" }, { errorRate: 0.05 }, 6, "Failed"],
    ["of a template that is wrong", { telemetry: "htpp", duration: "soon" }, {}, 1, "Inconclusive"],
    ["of an address", { telemetry: "http", source: "http://x:9090" }, {}, 1, "Inconclusive"],
    ["of a Rollout that is gone", { telemetry: "http" }, { rollout: null }, 1, "Inconclusive"],
  ] as const)("%s is the same by every way", async (_, config, options, minutes, phase) => {
    const [run = [], resumed = [], terminated = []] = await measuredBy(config, options, minutes);
    for (const [direct, ...others] of [run, resumed, terminated]) {
      expect(direct).toBeDefined();
      for (const other of others) expect(other).toEqual(direct);
    }
    expect(resumed[0]).toMatchObject({ phase });
  });
});

describe("a step", () => {
  const config = { telemetry: "http" };
  const gobRollout: GobStruct = {
    ObjectMeta: { UID: "r-1", Name: "checkout", Namespace: "shop" },
    Spec: { ProgressDeadlineSeconds: 7_200, Strategy: { Canary: { Steps: [{}, {}] } } },
    Status: { StableRS: "5c8f", CurrentPodHash: "6bd9", CurrentStepIndex: 1 },
  };
  const rolloutJson = bytes({
    metadata: { uid: "r-1", name: "checkout", namespace: "shop" },
    spec: { progressDeadlineSeconds: 7_200, strategy: { canary: { steps: [{}, {}] } } },
    status: { stableRS: "5c8f", currentPodHash: "6bd9", currentStepIndex: 1 },
  });
  const phases: Readonly<Record<string, string>> = {
    STEP_PHASE_RUNNING: "Running",
    STEP_PHASE_SUCCESSFUL: "Successful",
    STEP_PHASE_FAILED: "Failed",
  };

  /** What each way answers in turn: `Run` at first and after `minutes`, then `Abort`. */
  async function steppedBy(given: unknown, options: StageOptions, minutes: number) {
    const staged = stage(options);
    const provider = createStepProvider(staged.process());
    const server = serverOf([stepPluginService<null>(() => provider)], null);
    const remote = createRemoteStepProvider(server);

    const overGob = (of: typeof provider) => async (method: "Run" | "Abort", status: Uint8Array) => {
      const name = method === "Run" ? "step.RunArgs" : "step.AbortArgs";
      const value = { Rollout: gobRollout, Context: { Config: bytes(given), Status: status } };
      const plugin = createStepPlugin(of, { logger: quietLogger() });
      const { Result } = Object(await callPlugin(plugin, method, { name, value }));
      const { Phase, Message, RequeueAfter = 0, Status = new Uint8Array() } = Object(Result);
      return { phase: Phase, message: Message, requeueMs: RequeueAfter / 1e6, status: textOf(Status) };
    };
    const overService = async (method: "Run" | "Abort", status: Uint8Array) => {
      const request = { rolloutJson, configJson: bytes(given), statusJson: status };
      const { result } = await server.ask(stepMethods[method], request);
      if (result === null) throw new Error("no result");
      const { seconds: whole, nanos } = result.requeueAfter ?? { seconds: 0, nanos: 0 };
      return {
        phase: phases[result.phase],
        message: result.message,
        requeueMs: whole * 1_000 + nanos / 1e6,
        status: textOf(result.statusJson),
      };
    };
    const ways = [overGob(provider), overService, overGob(remote)];
    const first = await Promise.all(ways.map((way) => way("Run", new Uint8Array())));
    await staged.passUntil(minutes * 60);
    const next = (method: "Run" | "Abort") =>
      Promise.all(ways.map((way, index) => way(method, Buffer.from(first[index]?.status ?? ""))));
    return [first, await next("Run"), await next("Abort")];
  }

  it.each([
    ["that runs", config, {}, 2, "Running"],
    ["that passes", config, {}, 9, "Successful"],
    ["that fails", config, { errorRate: 0.05 }, 6, "Failed"],
    ["whose configuration is wrong", { telemetry: "htpp" }, {}, 1, "Failed"],
  ] as const)("%s is the same by every way", async (_, given, options, minutes, phase) => {
    const [first = [], next = [], aborted = []] = await steppedBy(given, options, minutes);
    for (const [direct, ...others] of [first, next, aborted]) {
      expect(direct).toBeDefined();
      for (const other of others) expect(other).toEqual(direct);
    }
    expect(next[0]).toMatchObject({ phase });
    expect(aborted[0]).toMatchObject({ phase: "Successful" });
  });
});

function textOf(status: Uint8Array): string {
  return Buffer.from(status).toString();
}

describe("the other methods", () => {
  const staged = stage();
  const provider = createMetricProvider(staged.process());
  const services = [
    metricPluginService<null>(() => provider, provider.metadata),
    stepPluginService<null>(() => createStepProvider(staged.process())),
  ];
  const server = serverOf(services, null);
  const { json } = runOf({ telemetry: "http" });

  it("say what the plugin is and what is shown of it", async () => {
    expect(await server.ask(metricMethods.Type, {})).toEqual({ type: "coalmine" });
    expect(await server.ask(stepMethods.Type, {})).toEqual({ type: "coalmine" });
    expect(await server.ask(metricMethods.InitPlugin, {})).toEqual({});
    expect(await server.ask(stepMethods.InitPlugin, {})).toEqual({});
    const { metadata } = await server.ask(metricMethods.GetMetadata, { metricJson: json.metricJson });
    const view = { name: "m", initialDelay: "", successCondition: "", failureCondition: "", config: "" };
    expect(metadata).toEqual(await provider.metadata(view));
    expect(await server.ask(metricMethods.GarbageCollect, { ...json, limit: 10 })).toEqual({});
  });

  it("know the namespace of whom they are asked about", async () => {
    const asked: unknown[] = [];
    const named = metricPluginService((asker: string, namespace) => {
      asked.push([asker, namespace]);
      return provider;
    }, provider.metadata);
    await serverOf([named], "ci").ask(metricMethods.Run, json);
    expect(asked).toEqual([["ci", "shop"]]);
  });

  it("refuse what is no message, and what is no object", async () => {
    const [run] = services[0]?.methods.filter(({ path }) => path.endsWith("/Run")) ?? [];
    const answer = async (message: Buffer) => await run?.answer(message, null);
    await expect(answer(Buffer.from([0xff]))).rejects.toMatchObject({ code: "invalid-request" });
    await expect(answer(Buffer.alloc(0))).rejects.toMatchObject({
      code: "invalid-request",
      message: "argo-rollouts: Metric: JSON wanted, none met",
    });
  });

  it("throw what is a fault of the provider", async () => {
    const broken = { ...provider, run: () => Promise.reject(new Error("it broke")) };
    const faulty = serverOf([metricPluginService<null>(() => broken, broken.metadata)], null);
    await expect(faulty.ask(metricMethods.Run, json)).rejects.toThrow("it broke");
  });
});

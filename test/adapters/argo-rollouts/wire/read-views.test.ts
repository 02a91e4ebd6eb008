/** What is read from what the controller sends, as Go's own encoder wrote it (test/tools/wire-golden/gob/argo.go). */
import { describe, expect, it } from "vitest";
import { readAnalysisRun } from "../../../../src/adapters/argo-rollouts/wire/read-analysis-run.ts";
import { readMeasurement } from "../../../../src/adapters/argo-rollouts/wire/read-measurement.ts";
import { readMetric } from "../../../../src/adapters/argo-rollouts/wire/read-metric.ts";
import { readRollout } from "../../../../src/adapters/argo-rollouts/wire/read-rollout.ts";
import { readStepRequest } from "../../../../src/adapters/argo-rollouts/wire/read-step-request.ts";
import type { GobValue } from "../../../../src/wire/go-plugin/index.ts";
import { fieldOf, goldenArgs, goldenStruct } from "./golden-args.ts";

const at = Date.UTC(2026, 6, 6, 12, 30, 15);
const resumeArgs = goldenStruct("argo resume args");
const run = fieldOf(resumeArgs, "AnalysisRun");
const rollout = fieldOf(goldenStruct("argo step abort args"), "Rollout");
const path = "Args";

describe("an AnalysisRun", () => {
  it("is read as Go wrote it", () => {
    expect(readAnalysisRun({ value: run, path }, "coalmine")).toEqual({
      uid: "5f0c",
      name: "checkout-6bd9f7-2",
      namespace: "shop",
      createdAt: at,
      startedAt: at,
      labels: { "rollouts-pod-template-hash": "6bd9f7", "rollout-type": "Step" },
      owner: { kind: "Rollout", name: "checkout", uid: "77aa" },
      args: { token: "s3cret", empty: "" },
      measured: 3,
    });
  });

  it("counts measurements that the controller has forgotten", () => {
    expect(readAnalysisRun({ value: run, path }, "other").measured).toBe(9);
  });

  it("has measured nothing of a metric that is new, and nothing at all at first", () => {
    expect(readAnalysisRun({ value: run, path }, "unknown").measured).toBe(0);
    expect(readAnalysisRun({ value: {}, path }, "coalmine")).toEqual({
      uid: "",
      name: "",
      namespace: "",
      createdAt: null,
      startedAt: null,
      labels: {},
      owner: null,
      args: {},
      measured: 0,
    });
  });

  it("is a time's bytes too, where Go sends no name of its type", () => {
    const bytes = new Uint8Array(Buffer.from("010000000ee1dd96d700000000ffff", "hex"));
    const met = readAnalysisRun({ value: { ObjectMeta: { CreationTimestamp: bytes } }, path }, "m");
    expect(met.createdAt).toBe(at);
  });

  it("takes a label's name for a name, whatever it is", () => {
    const labels = new Map([["__proto__", "x"]]);
    const met = readAnalysisRun({ value: { ObjectMeta: { Labels: labels } }, path }, "m");
    expect(Object.entries(met.labels)).toEqual([["__proto__", "x"]]);
    expect(Object.getPrototypeOf(met.labels)).toBe(Object.prototype);
  });

  it("is one", () => {
    expect(() => readAnalysisRun({ value: undefined, path: "Args.AnalysisRun" }, "m")).toThrow(
      "Args.AnalysisRun: a run wanted, none met",
    );
  });
});

describe("a metric", () => {
  const plugin = (entries: readonly (readonly [string, string])[]): GobValue => ({
    Provider: { Plugin: new Map(entries.map(([name, json]) => [name, new Uint8Array(Buffer.from(json))])) },
  });

  it("is read as Go wrote it, its configuration under whatever name", () => {
    const value = fieldOf(goldenStruct("argo get metadata args"), "Metric");
    expect(readMetric({ value, path })).toEqual({
      name: "coalmine",
      initialDelay: "",
      successCondition: "",
      failureCondition: "",
      config: '{"service":"checkout"}',
    });
  });

  it("has its conditions and its delay", () => {
    const value = { Name: "m", InitialDelay: "90s", SuccessCondition: "a", FailureCondition: "b" };
    expect(readMetric({ value, path })).toEqual({
      name: "m",
      initialDelay: "90s",
      successCondition: "a",
      failureCondition: "b",
      config: "",
    });
  });

  it("has no configuration where it cannot be told which is ours", () => {
    const value = plugin([
      ["a/a", "{}"],
      ["b/b", "{}"],
    ]);
    expect(readMetric({ value, path }).config).toBe("");
    expect(readMetric({ value: plugin([["a/a", "{}"]]), path }).config).toBe("{}");
  });

  it("has a configuration in UTF-8, up to what Kubernetes keeps", () => {
    const bytes = { Provider: { Plugin: new Map([["a/a", new Uint8Array([0xff])]]) } };
    expect(() => readMetric({ value: bytes, path })).toThrow('Args.Provider.Plugin["a/a"]: UTF-8 wanted');
    expect(() => readMetric({ value: plugin([["a/a", " ".repeat(1_572_865)]]), path })).toThrow(
      'Args.Provider.Plugin["a/a"]: at most 1572864 wanted, 1572865 met',
    );
  });
});

describe("a measurement", () => {
  it("is read as Go wrote it, times in whatever zone", () => {
    expect(readMeasurement({ value: resumeArgs["Measurement"], path })).toEqual({
      phase: "Running",
      message: "41 : 1, needs 20 : 1",
      startedAt: at,
      finishedAt: null,
      resumeAt: at,
      value: "62.5",
      metadata: { state: "{}" },
    });
  });

  it.each(["", "Pending"])("in phase %j is in progress", (Phase) => {
    expect(readMeasurement({ value: { Phase }, path }).phase).toBe("Running");
  });

  it("in a phase that is none of Argo's is refused", () => {
    expect(() => readMeasurement({ value: { Phase: "s3cret" }, path })).toThrow(
      /^argo-rollouts: Args.Phase: a phase of Argo wanted, another met$/,
    );
  });

  it("that is new is Running, with nothing in it", () => {
    expect(readMeasurement({ value: undefined, path })).toEqual({
      phase: "Running",
      message: "",
      startedAt: null,
      finishedAt: null,
      resumeAt: null,
      value: "",
      metadata: {},
    });
  });
});

describe("a Rollout", () => {
  it("is read as Go wrote it, with the step's configuration and status", () => {
    const [args] = goldenArgs("argo step terminate args");
    expect(readStepRequest({ value: Object(args).value, path })).toEqual({
      rollout: {
        uid: "77aa",
        name: "checkout",
        namespace: "shop",
        stableHash: "5c8f",
        canaryHash: "6bd9f7",
        stepIndex: 2,
        weight: 20,
        progressDeadlineSeconds: 1_200,
      },
      config: '{"service":"checkout"}',
      status: '{"state":"a"}',
    });
  });

  it("without a router has no weight, and the controller's deadline", () => {
    const value = fieldOf(goldenStruct("argo step args"), "Rollout");
    expect(readRollout({ value, path })).toMatchObject({
      uid: "",
      weight: null,
      stepIndex: null,
      progressDeadlineSeconds: 600,
    });
  });

  it("has weight 0 where the router was told so, and step 0 where it has steps", () => {
    const status = { ...Object(rollout["Status"]), CurrentStepIndex: undefined };
    const value = { ...rollout, Status: { ...status, Canary: { Weights: { Canary: {}, Stable: {} } } } };
    expect(readRollout({ value, path })).toMatchObject({ weight: 0, stepIndex: 0 });
  });

  it("has its weight in percent, whatever the router's weights add up to", () => {
    const status = { ...Object(rollout["Status"]), Canary: { Weights: { Canary: { Weight: 20 } } } };
    const Spec = { Strategy: { Canary: { TrafficRouting: { MaxTrafficWeight: 80 } } } };
    expect(readRollout({ value: { ...rollout, Status: status, Spec }, path })).toMatchObject({ weight: 25 });
  });

  it("is one", () => {
    expect(() => readStepRequest({ value: {}, path })).toThrow("Args.Rollout: a Rollout wanted, none met");
  });
});

describe("what is of another kind is refused by its place, and never shown", () => {
  const secret = "s3cret";
  it.each<[string, GobValue]>([
    ["Args.ObjectMeta.UID: a text wanted, number met", { ObjectMeta: { UID: 5 } }],
    ["Args.ObjectMeta: a struct wanted, string met", { ObjectMeta: secret }],
    ["Args.ObjectMeta: a struct wanted, a struct met", { ObjectMeta: { name: "X", value: secret } }],
    ["CreationTimestamp: a time wanted, string met", { ObjectMeta: { CreationTimestamp: secret } }],
    ["a time wanted, other bytes met", { ObjectMeta: { CreationTimestamp: new Uint8Array(3) } }],
    ["OwnerReferences: a slice wanted, a map met", { ObjectMeta: { OwnerReferences: new Map() } }],
    ["Args.ObjectMeta.Labels: a map wanted, a slice met", { ObjectMeta: { Labels: [secret] } }],
    ["OwnerReferences[0].Controller: a bool", { ObjectMeta: { OwnerReferences: [{ Controller: 1 }] } }],
    ['Labels["a"]: a text wanted, bigint met', { ObjectMeta: { Labels: new Map([["a", 1n]]) } }],
    ["Labels key: a text wanted, number met", { ObjectMeta: { Labels: new Map([[1, "a"]]) } }],
    [
      "MetricResults[0].Count: a whole number wanted, bigint met",
      { Status: { MetricResults: [{ Name: "m", Count: 2n ** 60n }] } },
    ],
  ])("%s", (message, value) => {
    const read = () => readAnalysisRun({ value, path }, "m");
    expect(read).toThrow(message);
    expect(read).not.toThrow(secret);
  });
});

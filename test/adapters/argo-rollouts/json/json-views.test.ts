/** Kubernetes' JSON, as Go wrote it, is read as its gob is, and what is written is read again. */
import { describe, expect, it } from "vitest";
import {
  readAnalysisRun,
  writeAnalysisRun,
} from "../../../../src/adapters/argo-rollouts/json/analysis-run-json.ts";
import {
  readMeasurement,
  writeMeasurement,
} from "../../../../src/adapters/argo-rollouts/json/measurement-json.ts";
import { readMetric, writeMetric } from "../../../../src/adapters/argo-rollouts/json/metric-json.ts";
import { readRollout, writeRollout } from "../../../../src/adapters/argo-rollouts/json/rollout-json.ts";
import type { Measurement } from "../../../../src/adapters/argo-rollouts/metric-provider.ts";
import { readAnalysisRun as runOfGob } from "../../../../src/adapters/argo-rollouts/wire/read-analysis-run.ts";
import { readMeasurement as measurementOfGob } from "../../../../src/adapters/argo-rollouts/wire/read-measurement.ts";
import { readMetric as metricOfGob } from "../../../../src/adapters/argo-rollouts/wire/read-metric.ts";
import { readRollout as rolloutOfGob } from "../../../../src/adapters/argo-rollouts/wire/read-rollout.ts";
import { fieldOf, goldenStruct } from "../wire/golden-args.ts";
import { bytesOf, goldenJson } from "./golden-json.ts";

const located = (name: string, part: string) => ({ value: fieldOf(goldenStruct(name), part), path: part });

describe("what Go wrote", () => {
  it.each(["argo run args", "argo resume args", "argo garbage collect args"])("%s: a run", (name) => {
    const json = bytesOf(goldenJson(name, "AnalysisRun"));
    for (const metric of ["coalmine", "other", "unknown"]) {
      expect(readAnalysisRun(json, metric)).toEqual(runOfGob(located(name, "AnalysisRun"), metric));
    }
  });

  it.each(["argo run args", "argo get metadata args"])("%s: a metric", (name) => {
    expect(readMetric(bytesOf(goldenJson(name, "Metric")))).toEqual(metricOfGob(located(name, "Metric")));
  });

  it("a measurement, and one that is new", () => {
    const name = "argo resume args";
    expect(readMeasurement(bytesOf(goldenJson(name, "Measurement")))).toEqual(
      measurementOfGob(located(name, "Measurement")),
    );
    expect(readMeasurement(bytesOf({ phase: "" }))).toEqual(measurementOfGob({ value: {}, path: "" }));
  });

  it.each(["argo step terminate args", "argo step abort args"])("%s: a Rollout", (name) => {
    const document = goldenJson(name, "Rollout");
    const gob = rolloutOfGob(located(name, "Rollout"));
    expect(readRollout(bytesOf(document))).toEqual(gob);
    // What gob cannot tell apart is read as gob reads it.
    const { currentStepIndex: _gone, ...status } = Object(document["status"]);
    const first = readRollout(bytesOf({ ...document, status }));
    expect(first).toEqual({ ...gob, stepIndex: 0 });
  });
});

describe("what is written", () => {
  const run = readAnalysisRun(bytesOf(goldenJson("argo resume args", "AnalysisRun")), "coalmine");

  it("is a run of which only what matters leaves the plugin", () => {
    const asked = { ...run, args: { ...run.args, "canary-hash": "6bd9f7", "stable-hash": "" } };
    const bytes = writeAnalysisRun(asked, "coalmine");
    expect(readAnalysisRun(bytes, "coalmine")).toEqual({
      ...asked,
      labels: { "rollouts-pod-template-hash": "6bd9f7" },
      args: { "canary-hash": "6bd9f7", "stable-hash": "" },
    });
    expect(Buffer.from(bytes).toString()).not.toContain("s3cret");
    const bare = { ...run, labels: {}, owner: null, args: {}, createdAt: null, startedAt: null, measured: 0 };
    expect(readAnalysisRun(writeAnalysisRun(bare, "coalmine"), "coalmine")).toEqual(bare);
  });

  it("is a metric, with its configuration or without", () => {
    const metric = readMetric(bytesOf(goldenJson("argo run args", "Metric")));
    const full = { ...metric, initialDelay: "90s", successCondition: "result.score > 50" };
    for (const one of [full, { ...full, config: "" }]) expect(readMetric(writeMetric(one))).toEqual(one);
  });

  it("is a Rollout", () => {
    const rollout = readRollout(bytesOf(goldenJson("argo step abort args", "Rollout")));
    for (const one of [rollout, { ...rollout, stepIndex: null, weight: null, stableHash: "" }]) {
      expect(readRollout(writeRollout(one))).toEqual(one);
    }
  });

  it("is a measurement, to the millisecond", () => {
    const measurement: Measurement = {
      phase: "Running",
      message: "41 : 1",
      startedAt: Date.UTC(2026, 6, 6),
      finishedAt: null,
      resumeAt: Date.UTC(2026, 6, 6) + 1_234,
      value: "62.5",
      metadata: { state: "1.abc" },
    };
    const ended = { ...measurement, resumeAt: null, finishedAt: 0, value: "", message: "", metadata: {} };
    for (const one of [measurement, ended]) expect(readMeasurement(writeMeasurement(one))).toEqual(one);
    const never = { ...measurement, resumeAt: Number.NaN };
    expect(() => writeMeasurement(never)).toThrow(RangeError);
  });
});

describe("what cannot be read", () => {
  const meta = { uid: "u", name: "n", namespace: "shop" };

  it.each([
    ["nothing", Buffer.alloc(0), "AnalysisRun: JSON wanted, none met"],
    ["no JSON", Buffer.from("{s3cret"), "AnalysisRun: JSON wanted, something else met"],
    ["no UTF-8", Buffer.from([0xff]), "AnalysisRun: UTF-8 wanted"],
    ["no run", bytesOf("s3cret"), "AnalysisRun: Invalid input"],
    ["one without a uid", bytesOf({ metadata: { ...meta, uid: "" } }), "AnalysisRun.metadata.uid: expected"],
    [
      "one with a path as its uid",
      bytesOf({ metadata: { ...meta, uid: "a/s3cret" } }),
      "metadata.uid: expected",
    ],
    ["one of no namespace", bytesOf({ metadata: { ...meta, namespace: "s3cret/x" } }), "metadata.namespace"],
    [
      "a time before times",
      bytesOf({ metadata: { ...meta, creationTimestamp: "0001-01-01T00:00:00Z" } }),
      "metadata.creationTimestamp: expected a time from 1970",
    ],
    ["a time that is none", bytesOf({ metadata: meta, status: { startedAt: "s3cret" } }), "status.startedAt"],
  ])("%s is refused, and not quoted", (_, bytes, message) => {
    const read = () => readAnalysisRun(bytes, "m");
    expect(read).toThrow(expect.objectContaining({ code: "invalid-request" }));
    expect(read).toThrow(message);
    expect(read).not.toThrow("s3cret");
  });

  it("what is larger than Kubernetes has it, or nests deeper than can be written again", () => {
    const large = Buffer.alloc(1_572_865, " ");
    expect(() => readMetric(large)).toThrow(expect.objectContaining({ code: "too-large" }));
    const deep = `{"name":"m","provider":{"plugin":{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}}}`;
    expect(() => readMetric(Buffer.from(deep))).toThrow("nests too deep");
  });

  it("a phase that Argo has not", () => {
    expect(() => readMeasurement(bytesOf({ phase: "Lucky" }))).toThrow("a phase of Argo wanted");
  });

  it("takes the configuration of one plugin only", () => {
    const plugin = { a: {}, b: {} };
    expect(readMetric(bytesOf({ name: "m", provider: { plugin } })).config).toBe("");
  });
});

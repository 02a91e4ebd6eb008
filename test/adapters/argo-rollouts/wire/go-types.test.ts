/** What we answer, to the byte of what Go would answer (test/tools/wire-golden/gob/argo.go). */
import { describe, expect, it } from "vitest";
import {
  goMeasurement,
  goRpcError,
  goStepResponse,
  goStepResult,
  goTexts,
} from "../../../../src/adapters/argo-rollouts/wire/go-types.ts";
import {
  writeMeasurement,
  writeTexts,
} from "../../../../src/adapters/argo-rollouts/wire/write-measurement.ts";
import { writeStepResult } from "../../../../src/adapters/argo-rollouts/wire/write-step-result.ts";
import { type GobValue, type GoType, goString } from "../../../../src/wire/go-plugin/index.ts";
import { GobEncoder } from "../../../../src/wire/gob/gob-encoder.ts";
import { readGolden } from "../../../wire/gob/read-golden.ts";

function encoded(values: readonly (readonly [GoType, GobValue])[]): string {
  const encoder = new GobEncoder();
  return Buffer.concat(values.map(([type, value]) => encoder.encode(type, value))).toString("hex");
}

function golden(name: string): string {
  return Buffer.from(readGolden(name)).toString("hex");
}

const nothing = { requeueAfterMs: 0, status: null, message: "" } as const;

describe("an answer has the bytes of Go's", () => {
  it("for a step", () => {
    const running = {
      phase: "Running",
      message: "m",
      requeueAfterMs: 123 * 3_600_000 + 4,
      status: { id: 1 },
    } as const;
    expect(
      encoded([
        [goStepResponse, { Result: writeStepResult(running, '{"id":0}') }],
        [goStepResponse, { Result: writeStepResult({ ...nothing, phase: "Successful" }, "") }],
        [goStepResponse, { Error: { ErrorString: "no source" } }],
        [goStepResponse, {}],
      ]),
    ).toBe(golden("argo step response"));
  });

  it("for a step's result by itself, with the status that the controller had", () => {
    const result = { ...nothing, phase: "Running", message: "m", requeueAfterMs: 11_000 } as const;
    expect(encoded([[goStepResult, writeStepResult(result, '{"id":1}')]])).toBe(golden("argo step result"));
  });

  it("for an error, a metric's metadata and the plugin's type", () => {
    expect(
      encoded([
        [goRpcError, {}],
        [goRpcError, { ErrorString: "no source" }],
        [goTexts, writeTexts({ report: "http://x" })],
        [goString, "RPCMetric"],
      ]),
    ).toBe(golden("argo errors"));
  });

  it("for a measurement, but for the zone of a time", () => {
    const at = Date.UTC(2026, 6, 6, 12, 30, 15);
    const measurement = writeMeasurement({
      phase: "Running",
      message: "41 : 1, needs 20 : 1",
      startedAt: at,
      finishedAt: null,
      resumeAt: at,
      value: "62.5",
      metadata: { state: "{}" },
    });
    const inZone = { ...measurement, ResumeAt: { seconds: at / 1_000, nanos: 0, zone: 7_200 } };
    expect(measurement["ResumeAt"]).toEqual({ ...inZone.ResumeAt, zone: "UTC" });
    expect(
      encoded([
        [goMeasurement, inZone],
        [goMeasurement, {}],
      ]),
    ).toBe(golden("argo measurement"));
  });
});

it.each([-1, 253_402_300_800_000, Number.NaN, Number.POSITIVE_INFINITY])(
  "refuses the time %d, which Kubernetes could not keep",
  (time) => {
    const measurement = { phase: "Running", message: "", finishedAt: null, resumeAt: null } as const;
    expect(() => writeMeasurement({ ...measurement, startedAt: time, value: "", metadata: {} })).toThrow(
      RangeError,
    );
  },
);

it.each([-1, Number.NaN, 9_223_372_036_855])("refuses to requeue after %d ms", (ms) => {
  const result = { ...nothing, phase: "Running", requeueAfterMs: ms } as const;
  expect(() => writeStepResult(result, "")).toThrow(RangeError);
});

it("says the longest wait in nanoseconds, exactly", () => {
  const result = { ...nothing, phase: "Running", requeueAfterMs: 9_223_372_036_854 } as const;
  expect(writeStepResult(result, "")).toMatchObject({ RequeueAfter: 9_223_372_036_854_000_000n });
});

/** What a template of Argo Rollouts holds, and what its controller keeps for the plugin and hands back. */
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { readConditions } from "../../src/adapters/argo-rollouts/condition-result.ts";
import { evaluateConditions } from "../../src/adapters/argo-rollouts/conditions/evaluate-conditions.ts";
import {
  completeConfiguration,
  readConfiguration,
  wantsHash,
} from "../../src/adapters/argo-rollouts/configuration.ts";
import { notedSince } from "../../src/adapters/argo-rollouts/noted-since.ts";
import { packedDictionary } from "../../src/adapters/argo-rollouts/packed-dictionary.ts";
import { packState, unpackState } from "../../src/adapters/argo-rollouts/packed-state.ts";
import { readStepOptions } from "../../src/adapters/argo-rollouts/step-options.ts";
import { readStepStatus, writeStepStatus } from "../../src/adapters/argo-rollouts/step-status.ts";
import { fieldOf } from "../../src/adapters/argo-rollouts/wire/located.ts";
import { readAnalysisRun } from "../../src/adapters/argo-rollouts/wire/read-analysis-run.ts";
import { readMeasurement } from "../../src/adapters/argo-rollouts/wire/read-measurement.ts";
import { readMetric } from "../../src/adapters/argo-rollouts/wire/read-metric.ts";
import { readStepRequest } from "../../src/adapters/argo-rollouts/wire/read-step-request.ts";
import { writeState } from "../../src/analysis/saved-state/write-state.ts";
import { writeSpec } from "../../src/analysis/spec/write-spec.ts";
import { recordOf } from "../support/sample-record.ts";
import { damagedJson } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { gobValues } from "./support/gob-values.ts";
import { anyJson } from "./support/hostile.ts";
import { specDocuments } from "./support/specs.ts";

const configurations = fc
  .tuple(
    specDocuments,
    fc.record(
      { onInconclusive: fc.constantFrom("hold", "rollback", "promote"), holdTimeout: fc.constant("2h") },
      { requiredKeys: [] },
    ),
    fc.boolean(),
  )
  .map(([{ cohorts, ...document }, options, isNamed]) => ({
    ...document,
    ...options,
    ...(isNamed && { cohorts }),
  }));
const release = {
  namespace: "shop",
  rollout: "checkout",
  canaryHash: "85d557f47b",
  stableHash: "6f7c8d9b5f",
};

fuzzParser({
  name: "the configuration of a template",
  inputs: damagedJson(configurations),
  reaches: ["read", "invalid-spec"],
  read(json) {
    const { document } = readStepOptions(readConfiguration(json));
    wantsHash(document, "canary");
    return completeConfiguration(document, release);
  },
});

const startedAt = Date.UTC(2026, 0, 1);
const stepStatuses = fc.record(
  {
    startedAt: fc.constant("2026-01-01T00:00:00.000Z"),
    analysis: fc.constant("id"),
    state: fc.constantFrom("", "1.abc"),
    holdingSince: fc.constantFrom(null, "2026-01-01T00:10:00.000Z"),
    shown: fc.constant(1),
  },
  { requiredKeys: ["startedAt", "analysis"] },
);
fuzzParser({
  name: "readStepStatus",
  inputs: damagedJson(stepStatuses),
  reaches: ["read"],
  read(json) {
    const status = readStepStatus(json);
    if (status !== null) JSON.stringify(writeStepStatus(status, {}));
  },
});
fuzzParser({
  name: "notedSince",
  inputs: damagedText(fc.constantFrom("2026-01-01T00:00:00Z", "now"), {
    pieces: ["9", "-", "Z", ":", "+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00Z"],
    longest: 20_000,
  }),
  reaches: ["read"],
  read: (noted) => new Date(notedSince(noted, startedAt)).toISOString(),
});

const { spec, state } = recordOf("id", { startedAt });
const whole = { spec: writeSpec(spec), startedAt, state: state === null ? null : writeState(state) };
fuzzParser({
  name: "unpackState",
  inputs: fc.oneof(
    { weight: 4, arbitrary: damagedJson(fc.constant(whole)).map(packed) },
    damagedText(fc.constant(packState({ spec, startedAt, state }) ?? ""), {
      pieces: ["1.", "2.", "=", "+", "AAAA", "."],
      longest: 300_000,
    }),
  ),
  reaches: ["read", "invalid-request", "invalid-spec"],
  read(text) {
    const analysis = unpackState(text);
    if (packState(analysis, 1e6) === null) throw new Error("what was unpacked cannot be packed");
  },
});

/** Any content under a right checksum. */
function packed(json: string): string {
  const dictionary = Buffer.from(packedDictionary);
  const deflated = deflateRawSync(json, { dictionary });
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(deflated, crc32(dictionary)));
  return `1.${Buffer.concat([checksum, deflated]).toString("base64url")}`;
}

fuzzParser({
  name: "conditions of a template, and their evaluation",
  inputs: fc.tuple(
    damagedText(
      fc.constantFrom(
        'result.verdict == "pass"',
        "result.score >= 75 && all(result.metrics, {.canaryRate < 0.01})",
        "len(filter(result, # > 1)) == 2",
        "result in [1, 2.5e3] ? true : false",
        'result.reason matches "no-.*"',
      ),
      {
        pieces: [
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "!",
          "-",
          "not ",
          "&&",
          "||",
          "??",
          "..",
          "#",
          ".",
          "'",
          '"',
          "\\",
          "1",
          "all(",
          "matches ",
          "result",
          "? ",
          ": ",
          "**",
        ],
        longest: 4_096,
      },
    ),
    anyJson,
  ),
  reaches: ["read", "invalid-spec"],
  read([text, result]) {
    const conditions = readConditions({
      name: "m",
      initialDelay: "",
      successCondition: text,
      failureCondition: "",
      config: "",
    });
    if (conditions !== null)
      evaluateConditions(conditions, {
        verdict: "pass",
        score: 80,
        reason: JSON.stringify(result),
        metrics: {},
      });
  },
});

fuzzParser({
  name: "the arguments of Argo's calls, decoded",
  inputs: gobValues,
  reaches: ["read", "invalid-request"],
  isOneLine: true,
  read(value) {
    const args = { value, path: "Args" };
    const metric = readMetric(fieldOf(args, "Metric"));
    const { startedAt: runStartedAt } = readAnalysisRun(fieldOf(args, "AnalysisRun"), metric.name);
    const measurement = readMeasurement(fieldOf(args, "Measurement"));
    for (const time of [runStartedAt, measurement.startedAt, measurement.finishedAt])
      if (time !== null) new Date(time).toISOString();
    return readStepRequest(args);
  },
});

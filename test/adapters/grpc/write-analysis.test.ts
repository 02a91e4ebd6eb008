import { expect, it } from "vitest";
import { loadMethods } from "../../../src/adapters/grpc/contract.ts";
import type {
  Analysis,
  CohortSummary,
  Interval,
  Timestamp,
  Value,
} from "../../../src/adapters/grpc/messages.ts";
import { readStruct, writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { writeAnalysis } from "../../../src/adapters/grpc/write-analysis.ts";
import type { AnalysisResult, MetricResult } from "../../../src/analysis/result.ts";
import { recordOf } from "../../support/sample-record.ts";
import { decodeAnswer } from "./serve-grpc.ts";

const cohort = {
  total: 9_007_199_254_740_991,
  bad: 2,
  rate: 0.1,
  interval: [0.01, 0.2],
  sequence: [0, 0.3],
} as const;

/** With something in every field. */
const full: MetricResult = {
  name: "p99",
  kind: "latency",
  gate: true,
  verdict: "fail",
  reason: { code: "worse-than-baseline", text: "größer" },
  evidence: { fail: 5e-324, failNeeds: 44, pass: 1e308, passNeeds: 20 },
  counts: "slower than 500 ms",
  canary: cohort,
  baseline: { ...cohort, rate: 0 },
  ratio: { estimate: 2, low: 1.5, high: 3 },
  difference: { estimate: -0.1, low: -0.2, high: 0 },
  quantile: { q: 0.99, canary: { low: 0.5, high: 1 }, baseline: { low: 0.1, high: 0.25 } },
  regressed: true,
};

/** With nothing where there may be nothing. */
const bare: MetricResult = {
  ...full,
  gate: false,
  verdict: null,
  evidence: { fail: null, failNeeds: null, pass: null, passNeeds: null },
  canary: { ...cohort, rate: null },
  baseline: null,
  ratio: { estimate: null, low: 0, high: null },
  difference: { estimate: null, low: -1, high: 1 },
  quantile: { q: 0.5, canary: { low: 10, high: null }, baseline: null },
  regressed: false,
};

const result: AnalysisResult = {
  ...recordOf("id-1").result,
  phase: "done",
  verdict: "fail",
  score: 12.5,
  decidedAt: "2026-01-01T00:00:01.234Z",
  ticks: 7,
  metrics: [full, bare, { ...bare, canary: null, ratio: null, difference: null, quantile: null }],
  warnings: [{ code: "limits-only", text: "no baseline" }],
  links: { report: "https://example.test/1" },
};

/** An analysis as a client decodes it. */
async function received(sent: AnalysisResult): Promise<Analysis> {
  const { Get } = await loadMethods();
  const { analysis } = decodeAnswer("Get", Get.encode({ analysis: writeAnalysis(sent) }));
  if (analysis === null) throw new TypeError("no analysis came");
  return analysis;
}

/** What a client makes of it, as the REST API would have told it. */
function asJson(analysis: Analysis): unknown {
  const moment = (time: Timestamp | null) =>
    time === null ? null : new Date(time.seconds * 1_000 + time.nanos / 1_000_000).toISOString();
  const { startedAt, endsAt, decidedAt, spec, metrics } = analysis;
  return {
    ...analysis,
    phase: wordOf(analysis.phase, "PHASE_"),
    verdict: wordOf(analysis.verdict, "VERDICT_"),
    startedAt: moment(startedAt),
    endsAt: moment(endsAt),
    decidedAt: moment(decidedAt),
    spec: spec === null ? null : plain({ structValue: spec }),
    metrics: metrics.map((metric) => ({
      ...metric,
      kind: wordOf(metric.kind, "METRIC_KIND_"),
      verdict: wordOf(metric.verdict, "VERDICT_"),
      evidence: { fail: null, failNeeds: null, pass: null, passNeeds: null, ...metric.evidence },
      canary: cohortOf(metric.canary),
      baseline: cohortOf(metric.baseline),
      ratio: metric.ratio && { estimate: null, high: null, ...metric.ratio },
      difference: metric.difference && { estimate: null, ...metric.difference },
      quantile: metric.quantile && {
        ...metric.quantile,
        canary: { high: null, ...metric.quantile.canary },
        baseline: metric.quantile.baseline && { high: null, ...metric.quantile.baseline },
      },
    })),
  };
}

function wordOf(word: string | number, prefix: string): string | null {
  const rest = String(word).replace(prefix, "").toLowerCase();
  return rest === "unspecified" ? null : rest;
}

function cohortOf(cohort: CohortSummary | null) {
  if (cohort === null) return null;
  const pair = (interval: Interval | null) => [interval?.low, interval?.high];
  return { rate: null, ...cohort, interval: pair(cohort.interval), sequence: pair(cohort.sequence) };
}

function plain(value: Value): unknown {
  const { structValue, listValue, numberValue, stringValue, boolValue } = value;
  if (structValue) {
    return Object.fromEntries(Object.entries(structValue.fields).map(([key, one]) => [key, plain(one)]));
  }
  return listValue ? listValue.values.map(plain) : (numberValue ?? stringValue ?? boolValue ?? null);
}

it.each([
  ["one that has ended", result],
  ["one that runs", recordOf("id-2").result],
])("carries every field of %s, to the last digit", async (_, sent) => {
  expect(asJson(await received(sent))).toEqual(JSON.parse(JSON.stringify(sent)));
});

it("reads a document as it was written, keys of objects' own included", () => {
  const document = JSON.parse(
    '{"__proto__": {"a": [1, null, "", false, {}]}, "constructor": -0.5, "none": null}',
  );
  expect(JSON.stringify(readStruct(writeStruct(document)))).toBe(JSON.stringify(document));
  expect(writeStruct({ absent: undefined })).toEqual({ fields: {} });
});

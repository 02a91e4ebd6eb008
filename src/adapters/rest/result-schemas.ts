/** The result of an analysis as the API publishes it; the types in src/analysis hold these schemas to the truth. */
import * as z from "zod";
import type { LookRecord } from "../../analysis/analysis-record.ts";
import { reasonCodes, warningCodes } from "../../analysis/reasons.ts";
import type { AnalysisResult, MetricResult } from "../../analysis/result.ts";

const verdict = z.enum(["pass", "fail", "inconclusive"]);
const time = z.iso.datetime().meta({ description: "RFC 3339, UTC." });
const odds = z.number().nullable().meta({ description: "Odds to one; null where that side is not tested." });

const reason = z.object({ code: z.enum(reasonCodes), text: z.string() });

const range = z.tuple([z.number(), z.number()]).readonly();

const cohort = z.object({
  total: z.number(),
  bad: z.number(),
  rate: z.number().nullable(),
  interval: range.meta({ description: "95 % Wilson interval: right for one look at these counts." }),
  sequence: range.meta({ description: "95 % confidence sequence: right at every look together." }),
});

const quantileRange = z.object({ low: z.number(), high: z.number().nullable() });

const metric = z.object({
  name: z.string(),
  kind: z.enum(["errors", "latency", "ratio", "gauge", "condition"]),
  gate: z.boolean().meta({ description: "False: shown, never counted." }),
  verdict: verdict.nullable(),
  reason,
  evidence: z.object({ fail: odds, failNeeds: odds, pass: odds, passNeeds: odds }),
  counts: z.string().meta({ description: "What `bad` counts." }),
  canary: cohort.nullable(),
  baseline: cohort.nullable(),
  ratio: z
    .object({ estimate: z.number().nullable(), low: z.number(), high: z.number().nullable() })
    .nullable()
    .meta({ description: "Canary rate over baseline rate with its confidence sequence." }),
  difference: z
    .object({ estimate: z.number().nullable(), low: z.number(), high: z.number() })
    .nullable()
    .meta({ description: "Canary rate minus baseline rate with its 95 % Newcombe interval." }),
  quantile: z
    .object({ q: z.number(), canary: quantileRange, baseline: quantileRange.nullable() })
    .nullable()
    .meta({ description: "In seconds, as the buckets show it." }),
  regressed: z.boolean(),
}) satisfies z.ZodType<MetricResult>;

/** An analysis, running or ended. */
export const resultSchema = z
  .object({
    id: z.string(),
    service: z.string(),
    namespace: z.string(),
    phase: z.enum(["running", "done", "cancelled"]),
    verdict: verdict.nullable().meta({ description: "Null while it runs." }),
    score: z.number().min(0).max(100).meta({
      description: "Pass 75 and more, inconclusive and running 25 to below 75, fail below 25.",
    }),
    reason,
    startedAt: time,
    endsAt: time,
    decidedAt: time.nullable(),
    ticks: z.int(),
    metrics: z.array(metric),
    warnings: z.array(z.object({ code: z.enum(warningCodes), text: z.string() })),
    spec: z.unknown().meta({ description: "The spec as it was understood." }),
    engineVersion: z.string(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ description: "What is known of an analysis." }) satisfies z.ZodType<AnalysisResult>;

/** Analyses, newest first. */
export const resultListSchema = z.object({ analyses: z.array(resultSchema) });

/** The evidence path. */
export const looksSchema = z.object({
  looks: z.array(
    z.object({
      at: time,
      score: z.number(),
      evidence: z.array(
        z.object({ metric: z.string(), fail: z.number().nullable(), pass: z.number().nullable() }),
      ),
    }) satisfies z.ZodType<LookRecord>,
  ),
});

/** A failure (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().meta({ description: "For programs: one of a closed list." }),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** What a probe is told. */
export const healthSchema = z.object({
  status: z.enum(["ok", "draining", "unavailable"]),
  /** Where it is unavailable. */
  reason: z.string().optional(),
});

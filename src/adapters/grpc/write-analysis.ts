import type {
  AnalysisResult,
  CohortSummary as CohortResult,
  MetricResult,
  Verdict as VerdictWord,
} from "../../analysis/result.ts";
import type { Analysis, CohortSummary, Interval, Metric, MetricKind, Phase, Verdict } from "./messages.ts";
import { writeStruct } from "./struct.ts";
import { writeTimestamp } from "./timestamp.ts";

export const phases = {
  running: "PHASE_RUNNING",
  done: "PHASE_DONE",
  cancelled: "PHASE_CANCELLED",
} as const satisfies Record<AnalysisResult["phase"], Phase>;

const verdicts = {
  pass: "VERDICT_PASS",
  fail: "VERDICT_FAIL",
  inconclusive: "VERDICT_INCONCLUSIVE",
} as const satisfies Record<VerdictWord, Verdict>;

const kinds = {
  errors: "METRIC_KIND_ERRORS",
  latency: "METRIC_KIND_LATENCY",
  ratio: "METRIC_KIND_RATIO",
  gauge: "METRIC_KIND_GAUGE",
  condition: "METRIC_KIND_CONDITION",
} as const satisfies Record<MetricResult["kind"], MetricKind>;

/** A result, field by field: what the REST API answers as JSON, but for its links. */
export function writeAnalysis(result: AnalysisResult): Analysis {
  const { startedAt, endsAt, decidedAt, spec } = result;
  return {
    ...result,
    phase: phases[result.phase],
    verdict: writeVerdict(result.verdict),
    startedAt: writeTimestamp(startedAt),
    endsAt: writeTimestamp(endsAt),
    decidedAt: decidedAt === null ? null : writeTimestamp(decidedAt),
    metrics: result.metrics.map(writeMetric),
    spec: typeof spec === "object" && spec !== null ? writeStruct(spec) : null,
  };
}

function writeMetric(metric: MetricResult): Metric {
  return {
    ...metric,
    kind: kinds[metric.kind],
    verdict: writeVerdict(metric.verdict),
    canary: writeCohort(metric.canary),
    baseline: writeCohort(metric.baseline),
  };
}

function writeVerdict(verdict: VerdictWord | null): Verdict {
  return verdict === null ? "VERDICT_UNSPECIFIED" : verdicts[verdict];
}

function writeCohort(cohort: CohortResult | null): CohortSummary | null {
  if (cohort === null) return null;
  return { ...cohort, interval: writeInterval(cohort.interval), sequence: writeInterval(cohort.sequence) };
}

function writeInterval([low, high]: readonly [low: number, high: number]): Interval {
  return { low, high };
}

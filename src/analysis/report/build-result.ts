import { formatDuration } from "../../base/duration.ts";
import { eBH } from "../../engine/report/e-bh.ts";
import type { AnalysisState } from "../advance/state.ts";
import type { LookRecord } from "../analysis-record.ts";
import { type AnalysisEvidence, evidenceOf } from "../decide/evidence-of.ts";
import { finalMetricVerdict } from "../decide/final-verdict.ts";
import { isOutdated } from "../no-series.ts";
import { failNeeds, type Plan } from "../plan/plan.ts";
import type { AnalysisResult, MetricResult, Reason } from "../result.ts";
import { isCountMetric } from "../spec/count-metric.ts";
import { writeSpec } from "../spec/write-spec.ts";
import * as counts from "./count-reasons.ts";
import { derivedWarnings } from "./derived-warnings.ts";
import { metricNumbers } from "./metric-numbers.ts";
import * as rules from "./rule-reasons.ts";
import { scoreOf } from "./score.ts";

/** Names the arithmetic: two results of the same version, spec and samples are the same bit for bit. */
export const engineVersion = "1";

/** What every caller is told of an analysis at this look, running or done. */
export function buildResult(plan: Plan, state: AnalysisState, id: string, now: number): AnalysisResult {
  const { spec } = plan;
  const { decision } = state;
  const evidence = evidenceOf(plan, state);
  const metrics = spec.metrics.map((_, i) => metricResult(plan, state, evidence, i, now));
  const regressed = eBH(
    evidence.metrics.map((metric) => metric?.fail ?? 0),
    spec.budget.falseAlarm,
  );
  return {
    id,
    service: spec.service,
    namespace: spec.namespace,
    phase: decision?.phase ?? "running",
    verdict: decision?.verdict ?? null,
    score: scoreOf(plan, evidence, decision?.verdict ?? null),
    reason: decision?.reason ?? reasonSoFar(plan, state, metrics, now),
    startedAt: timeText(state.startedAt),
    endsAt: timeText(state.startedAt + spec.durationMs),
    decidedAt: decision === null ? null : timeText(decision.at),
    ticks: state.ticks,
    metrics: metrics.map((metric, i) => ({ ...metric, regressed: regressed.includes(i) })),
    warnings: [
      ...state.warnings.filter((one) => !isOutdated(plan, state, one)),
      ...derivedWarnings(plan, state),
    ],
    spec: writeSpec(spec),
    engineVersion,
    links: {},
  };
}

/** One point of the evidence path. */
export function lookRecord(result: AnalysisResult, at: number): LookRecord {
  return {
    at: timeText(at),
    score: result.score,
    evidence: result.metrics.map(({ name, evidence }) => ({
      metric: name,
      fail: evidence.fail,
      pass: evidence.pass,
    })),
  };
}

function metricResult(
  plan: Plan,
  state: AnalysisState,
  evidence: AnalysisEvidence,
  index: number,
  now: number,
): Omit<MetricResult, "regressed"> {
  const metric = plan.spec.metrics[index];
  const known = state.metrics[index];
  if (metric === undefined || known === undefined) throw new RangeError(`no metric ${index}`);
  const final = finalMetricVerdict(plan, state, evidence, index);
  const isFinal = state.decision !== null || final.verdict === "fail";
  const { falsePass } = plan.spec.budget;
  const metricEvidence = evidence.metrics[index] ?? null;
  const tested = metricEvidence !== null;
  const running = () =>
    known.kind === "counts" && isCountMetric(metric)
      ? counts.watching(metric, known, metricEvidence)
      : rules.running(plan, state, now);
  return {
    name: metric.name,
    kind: metric.kind,
    gate: metric.gate,
    verdict: isFinal ? final.verdict : null,
    reason: isFinal ? final.reason : running(),
    evidence: {
      fail: metricEvidence?.fail ?? null,
      failNeeds: tested ? failNeeds(plan, metricEvidence.share) : null,
      pass: metricEvidence?.pass ?? null,
      passNeeds: tested ? 1 / falsePass : null,
    },
    ...metricNumbers(plan, index, known, metricEvidence),
  };
}

/** Why there is no verdict yet, in one line: how long it may still take, and what each gating metric has seen. */
function reasonSoFar(
  plan: Plan,
  state: AnalysisState,
  metrics: readonly Omit<MetricResult, "regressed">[],
  now: number,
): Reason {
  const reason = rules.running(plan, state, now);
  if (reason.code !== "watching" || state.sourceAway !== null) return reason;
  const leftMs = Math.max(0, state.startedAt + plan.spec.durationMs - now);
  const left = formatDuration(Math.ceil(leftMs / 1_000) * 1_000);
  const seen = metrics.filter(({ gate }) => gate).map((metric) => metric.reason.text);
  const told = new Set([`${reason.text}, ${left} to go`, ...seen.filter((text) => text !== reason.text)]);
  return { code: reason.code, text: [...told].join("; ") };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

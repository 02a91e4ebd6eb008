/** A result to show: a canary whose errors are too many; tests change what they are about. */
import type { AnalysisResult, MetricResult } from "../../../src/analysis/result.ts";
import type { AnalysisStep } from "../../../src/analysis/run/step.ts";

const errors: MetricResult = {
  name: "errors",
  kind: "errors",
  gate: true,
  verdict: "fail",
  reason: { code: "worse-than-baseline", text: "8.1 % errors, baseline 1.0 %" },
  evidence: { fail: 41.2, failNeeds: 20, pass: 0.004, passNeeds: 20 },
  counts: "errors",
  canary: { total: 1_204, bad: 98, rate: 98 / 1_204, interval: [0.0672, 0.0982], sequence: [0.06, 0.11] },
  baseline: {
    total: 12_040,
    bad: 123,
    rate: 123 / 12_040,
    interval: [0.0086, 0.0122],
    sequence: [0.008, 0.013],
  },
  ratio: { estimate: 7.94, low: 4.2, high: 14.1 },
  difference: { estimate: 0.0712, low: 0.056, high: 0.088 },
  quantile: null,
  regressed: true,
};

const p99: MetricResult = {
  name: "p99",
  kind: "latency",
  gate: true,
  verdict: null,
  reason: { code: "watching", text: "no difference so far" },
  evidence: { fail: 1.3, failNeeds: 40, pass: null, passNeeds: null },
  counts: "slower than 500 ms",
  canary: { total: 1_204, bad: 0, rate: 0, interval: [0, 0.0032], sequence: [0, 0.004] },
  baseline: null,
  ratio: { estimate: null, low: 0.2, high: null },
  difference: null,
  quantile: { q: 0.99, canary: { low: 0.25, high: 0.5 }, baseline: { low: 0.1, high: null } },
  regressed: false,
};

/** Failed after 4 minutes by the first of its two metrics. */
export const failedResult: AnalysisResult = {
  id: "a1",
  service: "checkout",
  namespace: "shop",
  phase: "done",
  verdict: "fail",
  score: 4.4,
  reason: { code: "worse-than-baseline", text: "errors: 8.1 % of requests, baseline 1.0 %" },
  startedAt: "2026-11-21T12:00:00.000Z",
  endsAt: "2026-11-21T12:10:00.000Z",
  decidedAt: "2026-11-21T12:04:00.000Z",
  ticks: 4,
  metrics: [errors, p99],
  warnings: [{ code: "single-pod", text: "all errors come from one pod" }],
  spec: { service: "checkout" },
  engineVersion: "1",
  links: {},
};

/** Ended without a verdict either way, and no warnings. */
export const inconclusiveResult: AnalysisResult = {
  ...failedResult,
  verdict: "inconclusive",
  score: 50,
  reason: { code: "underpowered", text: "about 900 more requests are needed" },
  metrics: [
    { ...errors, verdict: "inconclusive", reason: { code: "underpowered", text: "too little evidence" } },
  ],
  warnings: [],
};

/** Passed, by one metric. */
export const passedResult: AnalysisResult = {
  ...failedResult,
  verdict: "pass",
  score: 88,
  reason: { code: "not-worse", text: "no worse than the baseline" },
  metrics: [{ ...errors, verdict: "pass", reason: { code: "not-worse", text: "no worse" } }],
  warnings: [],
};

/** A look `minutes` after the start; `away` is what keeps the source from answering. */
export function stepAt(
  minutes: number,
  result: Partial<AnalysisResult> = {},
  away: string | null = null,
): AnalysisStep {
  const at = new Date(Date.parse(failedResult.startedAt) + minutes * 60_000).toISOString();
  const running = { phase: "running", verdict: null, decidedAt: null, ticks: minutes } as const;
  const sourceAway = away === null ? null : { since: 0, message: away };
  return {
    // Nothing here looks at more of the state.
    state: { sourceAway } as AnalysisStep["state"],
    result: { ...failedResult, ...running, ...result },
    look: { at, score: 50, evidence: [] },
    nextAt: Date.parse(at) + 15_000,
  };
}

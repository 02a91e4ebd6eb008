import type { AnalysisResult, Reason } from "./result.ts";

/** How an analysis ends that its run could not bring to an end itself. */
export interface Ending {
  readonly phase: "done" | "cancelled";
  readonly reason: Reason;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The result of an analysis that was ended from outside: inconclusive, and so
 * is every metric that had no verdict yet. A score of a running analysis is
 * within the range of an inconclusive one, so it stays. A result that has
 * already left the phase `running` is returned as it is.
 */
export function endedResult(result: AnalysisResult, ending: Ending): AnalysisResult {
  if (result.phase !== "running") return result;
  return {
    ...result,
    phase: ending.phase,
    verdict: "inconclusive",
    reason: ending.reason,
    decidedAt: new Date(ending.at).toISOString(),
    metrics: result.metrics.map((metric) =>
      metric.verdict === null ? { ...metric, verdict: "inconclusive", reason: ending.reason } : metric,
    ),
  };
}

/** What a person can do after an inconclusive verdict. */
import type { ReasonCode } from "../../../analysis/reasons.ts";
import type { AnalysisResult } from "../../../analysis/result.ts";

const steps: Partial<Record<ReasonCode, string>> = {
  underpowered: "Judge for longer (--duration), send the canary more traffic, or accept a wider pass margin.",
  "too-few-requests":
    "Send the canary more traffic, judge for longer (--duration), or lower minCanaryRequests.",
  "no-data":
    "Check that the canary gets traffic and is scraped, and that its selector matches: ask Prometheus for its series.",
  "no-baseline-data":
    "Check that the baseline is still running and scraped, or leave it out and judge by limits alone.",
  "baseline-over-limit":
    "The baseline breaks the limit too, so rolling back would not help: mend the baseline, raise the limit, or set absolute: true.",
  "source-unavailable":
    "Check that the metrics source answers, then judge again; --from and --to judge the same window later.",
  cancelled: "It was stopped before a verdict: judge again, or judge the same window with --from and --to.",
  deadline: "Judge for longer (--duration), or send the canary more traffic.",
};

const otherwise = "Judge again with more traffic or for longer (--duration).";

/** One line of advice for an inconclusive result; null for a pass or a fail, which need none. */
export function nextStep(result: AnalysisResult): string | null {
  return result.verdict === "inconclusive" ? (steps[result.reason.code] ?? otherwise) : null;
}

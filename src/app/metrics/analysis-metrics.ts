import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import * as z from "zod";
import type { TakeLook } from "../../analysis/live/look-queue.ts";
import type { AnalysisObserver } from "../../analysis/live/observer.ts";
import type { ReasonCode } from "../../analysis/reasons.ts";
import type { AnalysisResult, Verdict } from "../../analysis/result.ts";
import { readRate } from "../../analysis/spec/rate.ts";
import { askedInTime } from "./asked-in-time.ts";

/** Counts what happens to analyses; an analysis observer, and a wrapper of looks. */
export interface AnalysisMetrics extends AnalysisObserver {
  /** The same looks; those that could not be kept, or are called for again, are counted. */
  countedLooks(take: TakeLook): TakeLook;
}

/** From a look on time to one that a source of a minute's patience held up. */
const lagBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60];
const lookBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The verdict that each reason goes with, as docs/errors.md tells them; null while an analysis runs. */
const verdictOf = {
  "worse-than-baseline": "fail",
  "over-limit": "fail",
  outage: "fail",
  "combined-evidence": "fail",
  "traffic-lost": "fail",
  "condition-held": "fail",
  deadline: "fail",
  "not-worse": "pass",
  "within-limit": "pass",
  "no-regression-seen": "pass",
  "condition-clear": "pass",
  underpowered: "inconclusive",
  "too-few-requests": "inconclusive",
  "no-data": "inconclusive",
  "no-baseline-data": "inconclusive",
  "baseline-over-limit": "inconclusive",
  "source-unavailable": "inconclusive",
  cancelled: "inconclusive",
  "run-failed": "inconclusive",
  "warming-up": null,
  watching: null,
} as const satisfies Record<ReasonCode, Verdict | null>;

/** @param running how many analyses run, asked at each scrape. */
export function createAnalysisMetrics(
  registry: Registry,
  running: () => number | Promise<number>,
): AnalysisMetrics {
  const registers = [registry];
  new Gauge({
    name: "coalmine_analyses_running",
    help: "Analyses that run now; replicas on one store tell the same number.",
    registers,
    async collect() {
      this.set((await askedInTime(running)) ?? Number.NaN);
    },
  });
  const started = new Counter({
    name: "coalmine_analyses_started_total",
    help: "Analyses that were started.",
    registers,
  });
  const verdicts = new Counter({
    name: "coalmine_verdicts_total",
    help: "Analyses that have ended, by verdict and the code of its reason.",
    labelNames: ["verdict", "reason_code"],
    registers,
  });
  // A counter that appears only with its first count hides that count from rate().
  for (const [reason_code, verdict] of Object.entries(verdictOf)) {
    if (verdict !== null) verdicts.inc({ verdict, reason_code }, 0);
  }
  const budget = new Counter({
    name: "coalmine_false_alarm_budget_total",
    help: "Sum of the false-alarm budgets of the analyses that have ended: the most fails to expect by chance.",
    registers,
  });
  const lag = new Histogram({
    name: "coalmine_look_lag_seconds",
    help: "How long after they were due looks were begun.",
    buckets: lagBuckets,
    registers,
  });
  const took = new Histogram({
    name: "coalmine_look_duration_seconds",
    help: "How long looks took, from the first read to the state that was kept.",
    buckets: lookBuckets,
    registers,
  });
  const lost = new Counter({
    name: "coalmine_looks_lost_total",
    help: "Looks that could not be kept; each is called for again.",
    registers,
  });
  const retried = new Counter({
    name: "coalmine_look_retries_total",
    help: "Calls for a look whose call before was lost or failed.",
    registers,
  });

  return {
    started: () => started.inc(),
    looked(_result, { lagMs, tookMs }) {
      // A timer may fire a millisecond early.
      lag.observe(Math.max(0, lagMs) / 1_000);
      took.observe(tookMs / 1_000);
    },
    ended(result) {
      verdicts.inc({ verdict: result.verdict ?? "inconclusive", reason_code: result.reason.code });
      budget.inc(falseAlarmBudget(result));
    },
    countedLooks(take) {
      return async (id, isRetry, signal) => {
        if (isRetry) retried.inc();
        try {
          await take(id, isRetry, signal);
        } catch (error) {
          if (!signal.aborted) lost.inc();
          throw error;
        }
      };
    },
  };
}

const budgetOf = z.object({ budget: z.object({ falseAlarm: z.union([z.string(), z.number()]) }) });

/** As the result's spec tells it; 0 for a spec of an engine that wrote it otherwise, for a metric must not end an analysis. */
function falseAlarmBudget({ spec }: AnalysisResult): number {
  const read = budgetOf.safeParse(spec);
  if (!read.success) return 0;
  const rate = readRate(read.data.budget.falseAlarm);
  return "value" in rate ? rate.value : 0;
}

/**
 * Why a verdict is what it is, on a metric and on the analysis: one closed
 * list. docs/errors.md explains each; a test holds the page to this list.
 */
export const reasonCodes = [
  // fail
  "worse-than-baseline",
  "over-limit",
  "outage",
  "combined-evidence",
  "traffic-lost",
  "condition-held",
  "deadline",
  // pass
  "not-worse",
  "within-limit",
  "no-regression-seen",
  "condition-clear",
  // inconclusive
  "underpowered",
  "too-few-requests",
  "no-data",
  "no-baseline-data",
  "baseline-over-limit",
  "source-unavailable",
  "cancelled",
  "run-failed",
  // while it runs
  "warming-up",
  "watching",
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

/** What a reader should know beside the verdict: one closed list. */
export const warningCodes = [
  "limits-only",
  "no-series",
  "no-baseline-history",
  "boundary-snapped",
  "effective-margin",
  "partial-response",
  "bad-data",
  "non-monotonic",
  "gap",
  "joined-mid-life",
  "many-pods",
  "single-pod",
  "source-retried",
  "dispersion",
] as const;

export type WarningCode = (typeof warningCodes)[number];

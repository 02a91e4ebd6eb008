// Whether a regression could be seen at all: from the true rates, not from what was drawn.
import { projectBaselineRate } from "../../../src/engine/sequential/project.ts";
import { boundariesMs, slowerShare } from "./latency-buckets.ts";
import type { PodTruth, Rollout } from "./truth.ts";

/** Fail margin 1.25×; pass margin 2× + 0.5 pp. */
const failRatio = 1.25;
const passMargin = { ratio: 2, points: 0.005 };

/** Nats that nine in ten good sequential tests need: ln(1/α) + 6.5, half of α = 0.05 for each of errors and latency. */
const needed = Math.log(2 / 0.05) + 6.5;

/** What a pod's age keeps out of the test. */
const warmupMinutes = 3;

type Rate = (pod: PodTruth, minute: number) => number;

/**
 * A bad rollout is clear when, for errors or for the share of requests slower
 * than some boundary, the canary's true rate lies beyond the pass margin and the
 * requests from the onset on carry evidence enough against the fail margin.
 */
export function isClear(rollout: Rollout): boolean {
  const rates: Rate[] = [
    (pod, minute) => pod.errorRate(minute),
    ...boundariesMs(rollout.style).map(
      (ms): Rate =>
        (pod, minute) =>
          slowerShare(pod.latency(minute), ms),
    ),
  ];
  return rates.some((rate) => isClearIn(rollout, rate));
}

function isClearIn(rollout: Rollout, rate: Rate): boolean {
  const sums = { evidence: 0, nc: 0, xc: 0, nb: 0, xb: 0 };
  for (let minute = Math.ceil(Math.max(rollout.onset, warmupMinutes)); minute < rollout.minutes; minute++) {
    const canary = counts(rollout.canary, rate, minute + 0.5);
    const baseline = counts(rollout.baseline, rate, minute + 0.5);
    sums.nc += canary.n;
    sums.xc += canary.x;
    sums.nb += baseline.n;
    sums.xb += baseline.x;
    sums.evidence += information(canary, baseline);
  }
  const isBeyond = sums.xc / sums.nc > (passMargin.ratio * sums.xb) / sums.nb + passMargin.points;
  return isBeyond && sums.evidence >= needed;
}

function counts(pods: readonly PodTruth[], rate: Rate, minute: number) {
  let n = 0;
  let x = 0;
  for (const pod of pods) {
    if (minute < pod.from || minute > pod.to) continue;
    const requests = pod.traffic(minute);
    n += requests;
    x += requests * rate(pod, minute);
  }
  return { n, x };
}

/** Divergence of the true rates from the nearest within the fail margin, in nats a minute. */
function information(canary: { n: number; x: number }, baseline: { n: number; x: number }): number {
  if (canary.n === 0 || baseline.n === 0 || baseline.x === 0) return 0;
  const qc = canary.x / canary.n;
  const qb = baseline.x / baseline.n;
  if (qc <= failRatio * qb) return 0;
  const margin = { ratio: failRatio, points: 0 };
  const pb0 = projectBaselineRate({ nc: canary.n, nb: baseline.n, qc, qb, ...margin });
  return canary.n * divergence(qc, failRatio * pb0) + baseline.n * divergence(qb, pb0);
}

/** Of Poisson rates: a ln(a/b) − a + b. */
function divergence(a: number, b: number): number {
  return a * Math.log(a / b) - a + b;
}

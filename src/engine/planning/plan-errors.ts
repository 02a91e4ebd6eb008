import { requireFraction, requirePositive } from "../counts.ts";
import { designInformation, medianOvershoot } from "./design-evidence.ts";

/** A rollout to plan for. */
export interface ErrorPlan {
  /** ρ, the canary's share of the traffic, between 0 and 1. */
  readonly canaryShare: number;
  /** pb, the baseline's rate of bad requests, between 0 and 1. */
  readonly baselineRate: number;
  /** r0, the relative margin of the compare test; it has no points. */
  readonly ratio: number;
  /** r1, how many times worse the canary is that must be found; above `ratio`. */
  readonly trueRatio: number;
  /** The metric's share of the false-alarm budget. */
  readonly alpha: number;
}

/** What finding a regression takes, in both cohorts together. */
export interface ErrorEffort {
  /** Nats each bad event gives. */
  readonly information: number;
  readonly events: number;
  readonly requests: number;
}

/** What half of all runs and what nine in ten need, in nats beyond ln(1/α); by simulation (stats.md §5). */
export const overshoots = { median: medianOvershoot, p90: 6.5 } as const;

/**
 * How many bad events and requests, canary and baseline together, it takes to
 * find that the canary is `trueRatio` times worse.
 *
 *     events   = (ln(1/α) + c) / KL(θ1 ‖ θ0)           θ = r·ρ/(r·ρ + 1 − ρ), at r0 and r1
 *     requests = events / (ρ·r1·pb + (1 − ρ)·pb)
 *
 * Within a third of simulated medians and p90s for baselines of 0.01 to 1 %
 * and splits of 5 to 50 %. stats.md §5.
 *
 * @param overshoot c, one of {@link overshoots}.
 * @throws RangeError if a number is out of its range: a regression within the margin is never found.
 */
export function planErrors(plan: ErrorPlan, overshoot: number): ErrorEffort {
  const { canaryShare, baselineRate, ratio, trueRatio, alpha } = plan;
  requireFraction("the canary's share", canaryShare);
  requireFraction("the baseline's rate", baselineRate);
  requireFraction("alpha", alpha);
  requirePositive("the ratio", ratio);
  requirePositive("the overshoot", overshoot);
  if (!(trueRatio > ratio && trueRatio < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`the ratio to find must be above the margin's ${ratio}, got ${trueRatio}`);
  }
  const load = canaryShare * trueRatio + (1 - canaryShare);
  const information = designInformation(canaryShare, 1 - canaryShare, ratio, trueRatio) / load;
  const events = (Math.log(1 / alpha) + overshoot) / information;
  return { information, events, requests: events / (load * baselineRate) };
}

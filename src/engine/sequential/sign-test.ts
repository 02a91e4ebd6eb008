import { logMeanExp } from "../log-sum-exp.ts";

/**
 * The sign test of a gauge, block by block: does the canary lie above the
 * margin more often than not?
 *
 *     E = mean over p of (2p)^above · (2(1 − p))^below       p ∈ {.6, .7, .8, .9, .97}
 *
 * The null is that a block lies above with probability at most 1/2. It needs no
 * distribution and at least 9 blocks for 100 : 1, but it does need independent
 * blocks: on an autocorrelated series it alarms falsely, so blocks must be
 * longer than the correlation (5 minutes or more). stats.md §3.6.
 */
export interface SignState {
  readonly above: number;
  readonly below: number;
}

const shares = [0.6, 0.7, 0.8, 0.9, 0.97];

/** No block seen: E = 1. */
export function startSign(): SignState {
  return { above: 0, below: 0 };
}

/** Adds one block; null is a tie, which says nothing. */
export function lookSign(state: SignState, above: boolean | null): SignState {
  if (above === null) return state;
  return above ? { ...state, above: state.above + 1 } : { ...state, below: state.below + 1 };
}

/** ln E */
export function logSign({ above, below }: SignState): number {
  return logMeanExp(shares.map((p) => above * Math.log(2 * p) + below * Math.log(2 * (1 - p))));
}

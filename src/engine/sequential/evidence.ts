import { logSumExp } from "../log-sum-exp.ts";

/**
 * How increments of evidence become an e-process: a mixture over alternatives
 * (the grid) and over the tick at which the change began (the start mixture).
 *
 *     E_k = (1/J) Σ_j S_j + 1 − Σ_{i≤k} w_i
 *     S_j ← (S_j + w_k) · exp(min(inc_j / phi, cap))          once a tick
 *     w_1 = 1/2, w_2 … w_H = 1/(2(H−1)), later 0;  H ≤ 1: w_1 = 1
 *
 * With E[exp(inc_j)] ≤ 1 under the null in every tick, E[E_τ] ≤ 1 at every
 * stopping time τ: mixtures, min(·, cap) and powers 1/phi keep that bound, so
 * P(E ever reaches 1/α) ≤ α (Ville). stats.md §1.6.
 */
export interface EvidenceRule {
  /** Multipliers of the null's edge, all above 1 (is it worse?) or all below 1 (is it better?). */
  readonly grid: readonly number[];
  /** H in ticks: a change may begin at any of them. 0: all weight on a change from the start. */
  readonly horizon: number;
  /** Most nats a tick may add, so that one burst decides nothing; Infinity for none. */
  readonly cap: number;
  /** phi, 1 or more: the size of the batches in which bad events come. It must be known before the tick it is used in. */
  readonly dispersion: number;
}

/** Evidence between two looks, in plain JSON: finite numbers only, as the first tick has a start weight. */
export interface EvidenceState {
  /** ln S_j of the committed ticks, with the running tick's start weight already in: ln(S_j + w_k). */
  readonly logS: readonly number[];
  /** Σ inc_j of the running tick, before dispersion and cap. */
  readonly running: readonly number[];
  /** 1 − Σ_{i≤k} w_i with k the running tick: the mass of changes still to begin. */
  readonly unstarted: number;
  /** Committed ticks, k − 1. */
  readonly tick: number;
}

/**
 * No evidence either way: E = 1.
 *
 * @throws RangeError if the rule's numbers do not make an e-process.
 */
export function startEvidence(rule: EvidenceRule): EvidenceState {
  requireRule(rule);
  const weight = startWeight(rule.horizon, 1);
  return {
    logS: rule.grid.map(() => Math.log(weight)),
    running: rule.grid.map(() => 0),
    unstarted: 1 - weight,
    tick: 0,
  };
}

/**
 * Adds increments, one a grid point, to the running tick. Looks and strata of a
 * tick are summed here and capped together later (stats.md §11.4).
 *
 * @throws RangeError if an increment is missing or not finite.
 */
export function addIncrements(state: EvidenceState, increments: readonly number[]): EvidenceState {
  const { logS, unstarted, tick } = state;
  const running: number[] = [];
  for (let j = 0; j < state.running.length; j++) {
    const sum = (state.running[j] ?? 0) + (increments[j] ?? Number.NaN);
    if (!Number.isFinite(sum))
      throw new RangeError(`increments must be finite, one a grid point, got [${increments}]`);
    running.push(sum);
  }
  return { logS, running, unstarted, tick };
}

/**
 * ln E as if the running tick ended now. A tick without increments leaves E as
 * it was, so just after a commit this is the committed evidence.
 */
export function logEvidence(rule: EvidenceRule, state: EvidenceState): number {
  const points = rule.grid.length;
  const terms = tickEnded(rule, state);
  terms.push(Math.log(points * state.unstarted));
  return logSumExp(terms) - Math.log(points);
}

/** Ends the running tick: its capped evidence is kept, and the next tick begins with its start weight. */
export function commitTick(rule: EvidenceRule, state: EvidenceState): EvidenceState {
  const next = state.tick + 2;
  const weight = startWeight(rule.horizon, next);
  return {
    logS: tickEnded(rule, state).map((logS) => logSumExp([logS, Math.log(weight)])),
    running: state.running.map(() => 0),
    // Exactly 0 from the horizon on, where subtracting the w_i would leave a rounding error.
    unstarted: next >= rule.horizon ? 0 : state.unstarted - weight,
    tick: state.tick + 1,
  };
}

/** ln((S_j + w_k) · exp(min(inc_j / phi, cap))) */
function tickEnded({ dispersion, cap }: EvidenceRule, { logS, running }: EvidenceState): number[] {
  const ended: number[] = [];
  for (let j = 0; j < logS.length; j++) {
    ended.push((logS[j] ?? 0) + Math.min((running[j] ?? 0) / dispersion, cap));
  }
  return ended;
}

/** w_k */
function startWeight(horizon: number, tick: number): number {
  if (horizon <= 1) return tick === 1 ? 1 : 0;
  if (tick === 1) return 1 / 2;
  return tick <= horizon ? 1 / (2 * (horizon - 1)) : 0;
}

function requireRule({ grid, horizon, cap, dispersion }: EvidenceRule): void {
  const worse = grid.every((g) => g > 1 && g < Number.POSITIVE_INFINITY);
  const better = grid.every((g) => g > 0 && g < 1);
  if (grid.length === 0 || !(worse || better)) {
    throw new RangeError(`the grid must lie above 1 or between 0 and 1, got [${grid}]`);
  }
  if (!(Number.isInteger(horizon) && horizon >= 0)) {
    throw new RangeError(`the horizon must be a whole number of ticks, got ${horizon}`);
  }
  if (!(cap > 0)) throw new RangeError(`the cap must be above 0 nats, got ${cap}`);
  if (!(dispersion >= 1 && dispersion < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`the dispersion must be 1 or more, got ${dispersion}`);
  }
}

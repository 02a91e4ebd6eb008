import { requireCounts } from "./counts.ts";

/** Requests of one pod in one tick. */
export interface PodCounts {
  readonly total: number;
  readonly bad: number;
}

/**
 * One tick's part in telling how clustered bad events are: Pearson's X² of the
 * pods' bad requests against equal rates.
 *
 *     X² = Σ_i (x_i − m·n_i/n)² / (m·n_i/n)        df = pods − 1,  m = Σ x_i,  n = Σ n_i
 *
 * The dispersion of `auto` is max(1, ΣX²/Σdf) over past ticks of the baseline's
 * pods; about 1 for independent requests, the batch size for batches. Pods
 * without requests do not count; a tick with fewer than two pods or without a
 * bad request tells nothing: 0 of 0. stats.md §1.6.
 *
 * @throws RangeError if counts are negative, not numbers, or more bad than total.
 */
export function pearsonDispersion(pods: readonly PodCounts[]): {
  readonly chiSquare: number;
  readonly degrees: number;
} {
  for (const { total, bad } of pods) requireCounts("pod", total, bad);
  const busy = pods.filter(({ total }) => total > 0);
  const n = busy.reduce((sum, { total }) => sum + total, 0);
  const m = busy.reduce((sum, { bad }) => sum + bad, 0);
  if (busy.length < 2 || m === 0) return { chiSquare: 0, degrees: 0 };
  const chiSquare = busy.reduce((sum, { total, bad }) => {
    const expected = (m * total) / n;
    return sum + (bad - expected) ** 2 / expected;
  }, 0);
  return { chiSquare, degrees: busy.length - 1 };
}

/**
 * Refuses counts that cannot be counts, before a formula turns them into a
 * number that looks like evidence.
 *
 * Counts may be fractional, because a fallback source extrapolates; above 2^53
 * a double no longer counts.
 *
 * @throws RangeError unless 0 <= bad <= total <= 2^53.
 */
export function requireCounts(name: string, total: number, bad: number): void {
  if (bad >= 0 && bad <= total && total <= 2 ** 53) return;
  throw new RangeError(`${name} counts must be 0 <= bad <= total <= 2^53, got ${bad} bad of ${total}`);
}

/**
 * Refuses a level (a budget, a confidence, a quantile) outside the open unit interval.
 *
 * @throws RangeError unless 0 < value < 1.
 */
export function requireFraction(name: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new RangeError(`${name} must be between 0 and 1, got ${value}`);
}

/**
 * Refuses a scale (a rate, a ratio, a planned total) that is not a positive number.
 *
 * @throws RangeError unless value is finite and above 0.
 */
export function requirePositive(name: string, value: number): void {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${name} must be finite and above 0, got ${value}`);
}

/**
 * `count` multipliers from low to high at equal ratios: alternatives spread
 * evenly in nats, for effects whose size is not known.
 *
 * @throws RangeError unless 0 < low < high and count is a whole number of 2 or more.
 */
export function geometricGrid(low: number, high: number, count: number): readonly number[] {
  if (!(low > 0 && low < high && high < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a grid must rise from above 0, got ${low} to ${high}`);
  }
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new RangeError(`a grid must have at least 2 points, got ${count}`);
  }
  const ratio = high / low;
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? high : low * ratio ** (i / (count - 1))));
}

/**
 * Is it worse? Costs 1 to 1.5 nats against knowing the effect; larger effects
 * than the last point are found as fast. stats.md §1.6.
 */
export const worseGrid: readonly number[] = geometricGrid(1.3, 20, 12);

/** Is it better? stats.md §1.6. */
export const betterGrid: readonly number[] = geometricGrid(0.1, 0.8, 6);

/** Has it broken down? stats.md §11.3. */
export const outageGrid: readonly number[] = [1.5, 3, 6, 12, 25];

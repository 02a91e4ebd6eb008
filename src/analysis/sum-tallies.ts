import type { Tally } from "./observation.ts";

/** Two counts of the same senses of bad as one. */
export function sumTallies(a: Tally, b: Tally): Tally {
  return { total: a.total + b.total, bad: a.bad.map((bad, i) => bad + (b.bad[i] ?? 0)) };
}

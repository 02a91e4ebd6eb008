// The numbers and texts of a state, with the bounds outside which no analysis brings them.
import * as z from "zod";

/** Milliseconds since the epoch; RFC 3339 ends with the year 9999. */
export const time = z
  .number()
  .min(0)
  .max(Date.UTC(9999, 11, 31));

/** Events; fractional where a source extrapolates, and beyond 2^53 no longer a count. */
export const count = z
  .number()
  .min(0)
  .max(2 ** 53);

/** How many ticks, looks or blocks. */
export const whole = z.int().min(0);

/** A time span in milliseconds. */
export const span = z.number().min(0);

/** The logarithm of an e-value: far beyond what counts can bring, yet nowhere near an overflow. */
export const nats = z.number().min(-1e300).max(1e300);

/** A line for people: the longest hold the selectors of a spec, of some thousand characters each. */
export const line = z.string().max(32_768);

/** A list of pods' short hashes; see counting/pod-hash.ts. */
export const podHashes = z.array(z.string().regex(/^[0-9a-z]{1,7}$/)).max(100);

const notFinite = ["Infinity", "-Infinity", "NaN"] as const;

/**
 * A sum of values that a source tells, which may overflow. JSON has no word for
 * what is not finite and would make it null, so {@link writeMeasured} writes its name.
 */
export const measured = z.union([z.number(), z.enum(notFinite).transform(Number)]);

/** @see {@link measured} */
export function writeMeasured(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

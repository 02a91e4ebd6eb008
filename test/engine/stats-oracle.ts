import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** One case of the reference files, computed with exact fractions and 40-digit arithmetic; infinity is null. */
interface OracleCase {
  readonly id: string;
  readonly fn: string;
  readonly in: unknown;
  readonly out: unknown;
  readonly tol?: number;
}

const files = [
  process.env["STATS_ORACLE"] ?? new URL("../reference/stats-oracle.json", import.meta.url),
  process.env["STATS_ORACLE_LOOKS"] ?? new URL("../reference/stats-oracle-looks.json", import.meta.url),
];

const cases = files.flatMap((file) => JSON.parse(readFileSync(file, "utf8")).cases as OracleCase[]);

/**
 * The reference cases of one statistic, in the shape the caller knows them by.
 *
 * @throws Error if there are none, so that a renamed statistic cannot pass by having nothing to compare.
 */
export function oracleCases<Input, Output>(fn: string) {
  const found = cases.filter((one) => one.fn === fn);
  if (found.length === 0) throw new Error(`the reference files hold no case of ${fn}`);
  return found as readonly { id: string; in: Input; out: Output; tol?: number }[];
}

/** Fails unless the figure agrees with the reference to the case's relative tolerance, 1e-9 where it names none. */
export function expectAgreement(actual: number | null, expected: number | null, tolerance = 1e-9): void {
  if (actual === null || expected === null) {
    expect(actual).toBe(expected);
    return;
  }
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 + tolerance * Math.abs(expected));
}

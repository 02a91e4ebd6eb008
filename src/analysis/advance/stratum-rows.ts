import type { Tally } from "../observation.ts";
import type { StratumRow } from "./state.ts";

/** Splits within this factor of each other share a row. */
const widthOfARow = Math.log(1.5);

/**
 * Adds one stratum's counts to the row of its split between the cohorts.
 *
 * Counts of unlike splits must not be summed: when the error rate and the
 * canary's share both move, the sum shows a difference that no minute had
 * (Simpson's paradox). A dozen rows hold any rollout.
 */
export function addToRows(
  rows: readonly StratumRow[],
  canary: Tally,
  baseline: Tally | null,
): readonly StratumRow[] {
  const nb = baseline?.total ?? 0;
  if (canary.total === 0 && nb === 0) return rows;
  const added: StratumRow = {
    nc: canary.total,
    nb,
    xc: canary.bad,
    xb: baseline?.bad ?? canary.bad.map(() => 0),
  };
  const key = rowKey(added);
  const at = rows.findIndex((row) => rowKey(row) === key);
  const row = rows[at];
  if (row === undefined) return [...rows, added];
  return rows.with(at, sumRows(row, added));
}

function rowKey({ nc, nb }: StratumRow): number {
  if (nc === 0) return Number.NEGATIVE_INFINITY;
  if (nb === 0) return Number.POSITIVE_INFINITY;
  return Math.round(Math.log(nc / nb) / widthOfARow);
}

function sumRows(a: StratumRow, b: StratumRow): StratumRow {
  return {
    nc: a.nc + b.nc,
    nb: a.nb + b.nb,
    xc: a.xc.map((x, i) => x + (b.xc[i] ?? 0)),
    xb: a.xb.map((x, i) => x + (b.xb[i] ?? 0)),
  };
}

/** All rows together, at one boundary for each cohort; a null index counts every event as bad. */
export function totals(
  rows: readonly StratumRow[],
  canaryIndex: number | null,
  baselineIndex: number | null,
) {
  const counts = { nc: 0, xc: 0, nb: 0, xb: 0 };
  for (const row of rows) {
    counts.nc += row.nc;
    counts.nb += row.nb;
    counts.xc += canaryIndex === null ? row.nc : (row.xc[canaryIndex] ?? 0);
    counts.xb += baselineIndex === null ? row.nb : (row.xb[baselineIndex] ?? 0);
  }
  return counts;
}

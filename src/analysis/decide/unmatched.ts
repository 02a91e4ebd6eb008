import { worseGrid } from "../../engine/sequential/grids.ts";
import { logLimit, lookLimit, startLimit } from "../../engine/sequential/limit-test.ts";
import type { StratumRow } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { Margin } from "../spec/model.ts";

/**
 * The canary's requests in looks in which the baseline had none, as when it gets
 * all the traffic, if they were plainly beyond the pass margin of the baseline's
 * rate at other times; null if they were not.
 *
 * The comparison knows nothing of them, since nothing moved both cohorts then:
 * enough to withhold a pass, not to fail.
 *
 * @param needs the odds from which it is plain, 1/β.
 */
export function unmatchedHarm(
  rows: readonly StratumRow[],
  at: { readonly canary: number; readonly baseline: number },
  margin: Margin,
  dispersion: number,
  needs: number,
): { readonly total: number; readonly bad: number } | null {
  const { nc: total, xc: bad } = totals(
    rows.filter(({ nb }) => nb === 0),
    at.canary,
    at.baseline,
  );
  const { nb, xb } = totals(rows, at.canary, at.baseline);
  if (total === 0 || nb === 0) return null;
  const limit = Math.min(0.999, Math.max(1e-9, margin.ratio * (xb / nb) + margin.points));
  const test = { rule: { grid: worseGrid, horizon: 0, cap: 1e300, dispersion }, limit };
  const evidence = logLimit(test, lookLimit(test, startLimit(test), [{ total, bad }]));
  return evidence >= Math.log(needs) ? { total, bad } : null;
}

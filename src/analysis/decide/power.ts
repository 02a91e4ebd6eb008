import { projectBaselineRate } from "../../engine/sequential/project.ts";
import type { StratumRow } from "../advance/state.ts";
import { totals } from "../advance/stratum-rows.ts";
import type { Margin } from "../spec/model.ts";

/** The regression that an analysis must have been able to see before "nothing seen" counts as a pass. */
const designRatio = 3;

/**
 * The evidence, in nats, that the traffic so far would have brought against a
 * canary with three times the baseline's rate (stats.md §5, `passIfPowered`):
 * Σ over splits of nc·KL(3q ‖ pc0) + nb·KL(q ‖ pb0) for Poisson counts, q the
 * observed baseline rate and (pc0, pb0) its projection on the margin.
 *
 * 0 while the baseline has shown no event: what never happens cannot be seen tripled.
 */
export function designEvidence(
  rows: readonly StratumRow[],
  canaryIndex: number | null,
  baselineIndex: number | null,
  margin: Margin,
  dispersion: number,
): number {
  const all = totals(rows, canaryIndex, baselineIndex);
  const q = all.nb === 0 ? 0 : all.xb / all.nb;
  if (q === 0) return 0;
  let evidence = 0;
  for (const { nc, nb } of rows) {
    if (nc === 0 || nb === 0) continue;
    const pb0 = projectBaselineRate({ nc, nb, qc: designRatio * q, qb: q, ...margin });
    const pc0 = margin.ratio * pb0 + margin.points;
    evidence += nc * poissonDivergence(designRatio * q, pc0) + nb * poissonDivergence(q, pb0);
  }
  return evidence / dispersion;
}

/** KL divergence of Poisson rates: a ln(a/b) − a + b. */
function poissonDivergence(a: number, b: number): number {
  return a * Math.log(a / b) - a + b;
}

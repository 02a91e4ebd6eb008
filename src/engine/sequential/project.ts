/** Two expected rates and the line pc = ratio·pb + points they are projected on. */
export interface Projection {
  /** Requests of the canary and the baseline, both above 0: the weights. */
  readonly nc: number;
  readonly nb: number;
  /** Expected rates, both above 0. */
  readonly qc: number;
  readonly qb: number;
  /** Relative margin, above 0. */
  readonly ratio: number;
  /** Absolute margin as a fraction, 0 or more. */
  readonly points: number;
}

/**
 * The baseline rate of the null that is closest to an alternative: the point
 * of the margin's line from which (qc, qb) is hardest to tell.
 *
 *     pb0 = argmin_p  nc·KL(qc ‖ r·p + d) + nb·KL(qb ‖ p)      KL(a ‖ b) = a ln(a/b) − a + b
 *
 *     d = 0:  pb0 = (nc·qc + nb·qb) / (nc·r + nb)
 *     d > 0:  the positive root of A p² + B p + C,
 *             A = r(nc·r + nb),  B = nc·r(d − qc) + nb(d − r·qb),  C = −nb·d·qb
 *
 * As the null is convex, the likelihood ratio against this point has expectation
 * at most 1 under every rate of the null. stats.md §1.6.
 */
export function projectBaselineRate({ nc, nb, qc, qb, ratio: r, points: d }: Projection): number {
  if (d === 0) return (nc * qc + nb * qb) / (nc * r + nb);
  const a = r * (nc * r + nb);
  const b = nc * r * (d - qc) + nb * (d - r * qb);
  const c = -nb * d * qb;
  const root = Math.sqrt(b * b - 4 * a * c);
  // The two forms of one root: each is used where it does not subtract nearly equal numbers.
  return b > 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a);
}

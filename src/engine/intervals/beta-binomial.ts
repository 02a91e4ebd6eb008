import betaln from "@stdlib/math-base-special-betaln";

/**
 * ln of the evidence against "the rate is p", which may be looked at after
 * every trial: the two-sided beta-binomial mixture around p.
 *
 *     ln B(κp + x, κ(1 − p) + n − x) − ln B(κp, κ(1 − p)) − x ln p − (n − x) ln(1 − p)
 *
 * Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49 (2021) 1055,
 * and with κ in trials Lindon and Malek, NeurIPS 2022, equation 3. p is strictly
 * between 0 and 1. stats.md §1.4.
 */
export function logBetaBinomial(bad: number, total: number, p: number, concentration: number): number {
  const a = concentration * p;
  const b = concentration * (1 - p);
  const good = total - bad;
  return betaln(a + bad, b + good) - betaln(a, b) - bad * Math.log(p) - good * Math.log1p(-p);
}

/**
 * κ, in trials, that makes the interval tightest after the planned total:
 *
 *     κ = t / (2 ln(1/α) + ln(1 + 2 ln(1/α))) − 1, at least 0.001
 */
export function concentrationFor(plannedTotal: number, alpha: number): number {
  const twice = 2 * Math.log(1 / alpha);
  return Math.max(1e-3, plannedTotal / (twice + Math.log(1 + twice)) - 1);
}

/** Random draws for simulations; each takes a generator of uniform numbers in [0, 1), so that a seed repeats it. */
export { seeded } from "../../test/support/seeded.ts";

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Poisson draws: by products of uniforms when small, in halves when large. */
export function poisson(random: () => number, mean: number): number {
  if (mean > 30) {
    // A Poisson of large mean splits: the m-th arrival time is gamma, and what is left is binomial or Poisson.
    const m = Math.floor((mean * 7) / 8);
    const time = gamma(random, m);
    return time > mean ? binomial(random, m - 1, mean / time) : m + poisson(random, mean - time);
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Gamma draws of scale 1 (Marsaglia and Tsang 2000), shape at least 1. */
export function gamma(random: () => number, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Binomial draws: by gaps when few are expected, by halving through beta order statistics when many. */
export function binomial(random: () => number, n: number, p: number): number {
  if (p <= 0 || n <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n * p > 30) {
    const a = 1 + Math.floor(n / 2);
    const b = n + 1 - a;
    const x = gamma(random, a);
    const split = x / (x + gamma(random, b));
    return split <= p
      ? a + binomial(random, b - 1, (p - split) / (1 - split))
      : binomial(random, a - 1, p / split);
  }
  const logQ = Math.log1p(-p);
  let count = 0;
  for (let at = 0; ; count++) {
    at += Math.floor(Math.log(1 - random()) / logQ) + 1;
    if (at > n) return count;
  }
}

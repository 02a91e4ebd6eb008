/**
 * ln Σ e^term without overflow: how e-values that are kept as logarithms are
 * added. Terms of -Infinity are zeros; the sum of nothing is -Infinity.
 */
export function logSumExp(terms: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const term of terms) if (term > largest) largest = term;
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - largest);
  return largest + Math.log(sum);
}

/** ln of the arithmetic mean of e^term; the mean of e-values is an e-value whatever their dependence. */
export function logMeanExp(terms: readonly number[]): number {
  return logSumExp(terms) - Math.log(terms.length);
}

/** Numbers as the two exposition formats write them. */

// A point stands before the second digits: where it need not, a long row of digits that ends otherwise takes time in its square.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const notANumber = /^nan$/i;

/**
 * The value that a text writes, or null if it is no number of either format.
 *
 * What Go's strconv.ParseFloat takes less hexadecimal and underscores, as
 * Prometheus has it: any case of `Inf` and `NaN` (prom-client writes `Nan`).
 * A decimal past the largest double is null, as it is there.
 */
export function parseFloatText(text: string): number | null {
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }
  const sign = infinity.exec(text)?.[1];
  if (sign !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : null;
}

/**
 * The one spelling of a bucket border or a quantile: `5`, `5.0` and `5e0` are
 * `5.0`, a million is `1e+06`.
 *
 * Prometheus 3 stores the labels `le` and `quantile` in this form whatever the
 * target wrote (FormatOpenMetricsFloat in prometheus' model/labels/float.go), so
 * a selector that names a border finds the same series here and there. Exponents
 * begin below -4 and from 6 on, as Go's shortest `%g` has it.
 */
export function formatOpenMetricsFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

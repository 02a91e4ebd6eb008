import type { Selector } from "../selector.ts";

/**
 * The selector of a histogram's classic buckets: all of them, or those of some
 * boundaries and `+Inf`, which is the histogram's own total.
 */
export function bucketSelector(histogram: Selector, boundaries: readonly number[] | null): Selector {
  const metric = `${histogram.metric}_bucket`;
  if (boundaries === null) return { metric, matchers: histogram.matchers };
  const values = [...boundaries.flatMap(spellings), "\\+Inf"];
  return { metric, matchers: [...histogram.matchers, { label: "le", op: "=~", value: values.join("|") }] };
}

/** The ways a boundary is written in an `le` label: `5`, `5.0`, and with Go's exponent, `1e+06`. */
function spellings(boundary: number): string[] {
  const plain = String(boundary);
  const [mantissa = "", exponent = "0"] = boundary.toExponential().split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  const goExponent = `${mantissa}e${sign}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
  const all = [plain, Number.isInteger(boundary) ? `${plain}.0` : plain, goExponent];
  return [...new Set(all)].map((text) => text.replaceAll(/[.+]/g, "\\$&"));
}

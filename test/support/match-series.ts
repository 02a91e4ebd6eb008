import type { Selector } from "../../src/analysis/selector.ts";

/** Whether labels satisfy every matcher of a selector, written the slow and obvious way. */
export function matchesAll(
  labels: Readonly<Record<string, string>>,
  { metric, matchers }: Selector,
): boolean {
  if (labels["__name__"] !== metric) return false;
  return matchers.every(({ label, op, value }) => {
    const met = labels[label] ?? "";
    if (op === "=") return met === value;
    if (op === "!=") return met !== value;
    const matches = new RegExp(`^(?:${value})$`, "s").test(met);
    return op === "=~" ? matches : !matches;
  });
}

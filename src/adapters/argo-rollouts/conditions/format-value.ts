import type { Budget } from "./budget.ts";
import { formatGoFloat } from "./go-numbers.ts";
import { maxResultDepth } from "./limits.ts";
import { compareText } from "./string-bytes.ts";
import { isList, type Value } from "./value.ts";

/** Writing a value out takes this much longer than looking at it. */
const stepsEach = 10;

/** A value as Go's fmt.Sprintf("%v") writes it: `[1 2]`, `map[a:1]`, `<nil>`. */
export function formatValue(value: Value, budget: Budget, depth = 0): string {
  budget.spend(depth > maxResultDepth ? Number.POSITIVE_INFINITY : stepsEach);
  if (value === null) return "<nil>";
  if (typeof value === "number") return formatGoFloat(value);
  if (typeof value === "string") {
    budget.spend(value.length);
    return value;
  }
  if (typeof value !== "object") return value.toString();
  const inner = (element: Value) => formatValue(element, budget, depth + 1);
  if (isList(value)) return `[${Array.from<Value, string>(value, inner).join(" ")}]`;
  const keys = Object.keys(value).sort(compareText);
  return `map[${keys.map((key) => `${inner(key)}:${inner(value[key] ?? null)}`).join(" ")}]`;
}

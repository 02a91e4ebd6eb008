/** The little of PromQL that this endpoint knows: a number, `vector(<number>)`, and a selector of one of its own metrics. */
import type { Matcher } from "../../analysis/selector.ts";
import { suggestion } from "../../analysis/spec/nearest-word.ts";
import { scanSelector } from "../../analysis/spec/parse-selector.ts";
import { shownWord } from "../../analysis/spec/reading.ts";
import { SelectorScanner } from "../../analysis/spec/selector-scanner.ts";
import { isMetricName, type MetricName, metricNames } from "./metric-series.ts";

export type Query =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "vector"; readonly value: number }
  | { readonly kind: "series"; readonly metric: MetricName; readonly matchers: readonly Matcher[] };

const knownForms = `known are vector(<number>), a number, and ${metricNames.join(", ")} with label matchers`;

/**
 * Reads a query. Whatever else PromQL has is refused: thresholds and
 * combinations are the caller's, who has a place for them.
 *
 * @throws CoalmineError invalid-spec, with the position in the text.
 */
export function parseQuery(text: string): Query {
  const scanner = new SelectorScanner(text);
  if (scanner.atEnd()) throw scanner.error(`expected a query; ${knownForms}`);
  const number = takeNumber(scanner);
  if (number !== null) return { kind: "scalar", value: sumFrom(number, scanner) };
  if (scanner.match(/vector(?=\s*\()/y) !== null) return vectorFrom(scanner);

  const { metric, matchers } = scanSelector(scanner);
  if (scanner.take("(")) throw scanner.error(`unknown function \`${shownWord(metric)}\`; ${knownForms}`);
  if (!isMetricName(metric)) {
    throw scanner.error(`unknown metric \`${shownWord(metric)}\`; ${suggestion(metric, metricNames)}`);
  }
  requireEnd(scanner);
  return { kind: "series", metric, matchers };
}

/** Grafana asks 1+1 to see whether a data source answers. */
function sumFrom(first: number, scanner: SelectorScanner): number {
  let sum = first;
  while (scanner.take("+")) sum += requireNumber(scanner);
  requireEnd(scanner);
  return sum;
}

function vectorFrom(scanner: SelectorScanner): Query {
  scanner.take("(");
  const value = requireNumber(scanner);
  if (!scanner.take(")")) throw scanner.error("expected ) after the number of vector(…)");
  requireEnd(scanner);
  return { kind: "vector", value };
}

function requireNumber(scanner: SelectorScanner): number {
  const value = takeNumber(scanner);
  if (value === null) throw scanner.error("expected a number");
  return value;
}

/** A number as PromQL writes it (promql/parser/lex.go), its sign included. */
function takeNumber(scanner: SelectorScanner): number | null {
  const text = scanner.match(
    /[+-]?(?:0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf|nan)(?![a-z0-9_:.])/iy,
  );
  if (text === null) return null;
  const isNegative = text.startsWith("-");
  const digits = text.replace(/^[+-]/, "").toLowerCase();
  const size = digits === "inf" ? Number.POSITIVE_INFINITY : Number(digits);
  return isNegative ? -size : size;
}

function requireEnd(scanner: SelectorScanner): void {
  if (scanner.atEnd()) return;
  throw scanner.error(
    `expected nothing more: functions, operators, ranges and offsets are not known here; ${knownForms}`,
  );
}

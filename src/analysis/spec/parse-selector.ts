import { CoalmineError } from "../../base/errors.ts";
import type { Matcher, MatchOperator, Selector } from "../selector.ts";
import { shownWord } from "./reading.ts";
import { SelectorScanner } from "./selector-scanner.ts";

const operators: readonly MatchOperator[] = ["=~", "!~", "!=", "="];

/**
 * Reads a series selector as PromQL writes it: `http_requests_total{code=~"5.."}`,
 * also `{__name__="a"}` and, for UTF-8 names, `{"my.metric","a.b"="c"}`.
 *
 * Functions, ranges, offsets and arithmetic are refused: Coalmine reads raw
 * samples and does the counting itself.
 *
 * @throws CoalmineError invalid-spec, with the position in the text.
 */
export function parseSelector(text: string): Selector {
  const scanner = new SelectorScanner(text);
  const selector = scanSelector(scanner);
  scanner.end();
  return selector;
}

/**
 * Reads label matchers as they stand inside the braces, with or without these: `version="v2",zone!="b"`.
 *
 * @throws CoalmineError invalid-spec, with the position in the text, also if there is none.
 */
export function parseMatchers(text: string): readonly Matcher[] {
  const scanner = new SelectorScanner(text);
  const braced = scanner.take("{");
  const items = scanItems(scanner, braced);
  scanner.end();
  if (items.length === 0) throw scanner.error('expected a label matcher such as version="v2"');
  return items.map((item) => {
    if (item.op !== null) return { label: item.label, op: item.op, value: item.value };
    throw new CoalmineError(
      "invalid-spec",
      `expected label matchers, got the metric name ${shownWord(item.label)}`,
    );
  });
}

/** Reads a selector from where the scanner stands and leaves the rest to the caller. */
export function scanSelector(scanner: SelectorScanner): Selector {
  const outside = scanner.metricName();
  const items = scanner.take("{") ? scanItems(scanner, true) : [];
  const names = outside === null ? [] : [outside];
  const matchers: Matcher[] = [];
  for (const { label, op, value } of items) {
    if (op === null) names.push(label);
    else if (label !== "__name__") matchers.push({ label, op, value });
    else if (op === "=") names.push(value);
    else throw scanner.error("expected one metric by name; __name__ takes only =");
  }
  const [metric] = names;
  if (metric === undefined || metric === "") throw scanner.error("expected a metric name");
  if (names.length > 1)
    throw scanner.error(`expected one metric name, got ${names.map(shownWord).join(" and ")}`);
  return { metric, matchers };
}

type Item =
  | { readonly label: string; readonly op: MatchOperator; readonly value: string }
  /** A quoted metric name inside the braces. */
  | { readonly label: string; readonly op: null; readonly value: null };

/** Matchers separated by commas, a last comma allowed, up to `}` or the end of the text. */
function scanItems(scanner: SelectorScanner, braced: boolean): Item[] {
  const items: Item[] = [];
  const closed = () => (braced ? scanner.take("}") : scanner.atEnd());
  while (!closed()) {
    items.push(scanItem(scanner));
    if (scanner.take(",")) continue;
    if (closed()) break;
    throw scanner.error(braced ? "expected , or }" : "expected ,");
  }
  return items;
}

function scanItem(scanner: SelectorScanner): Item {
  const quoted = scanner.quoted();
  const label = quoted ?? scanner.labelName();
  if (label === null || label === "") throw scanner.error("expected a label name");
  const op = operators.find((operator) => scanner.take(operator));
  if (op === undefined) {
    if (quoted !== null) return { label: quoted, op: null, value: null };
    throw scanner.error(`expected =, !=, =~ or !~ after ${shownWord(label)}`);
  }
  const value = scanner.quoted();
  if (value === null) throw scanner.error(`expected a quoted value after ${shownWord(label)}${op}`);
  return { label, op, value };
}

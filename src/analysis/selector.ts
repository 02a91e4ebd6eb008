/** How a matcher compares, as PromQL writes it. */
export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** One label matcher of a series selector. Regular expressions are anchored at both ends. */
export interface Matcher {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/**
 * A Prometheus series selector as data. Sources that speak PromQL write it with
 * {@link renderSelector}; the scraper matches series against it directly.
 */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** The selector as PromQL, for instance `http_requests_total{service="a",status=~"5.."}`. */
export function renderSelector(selector: Selector): string {
  const matchers = selector.matchers.map(({ label, op, value }) => `${labelName(label)}${op}${quote(value)}`);
  // A name outside the old alphabet stands quoted inside the braces (Prometheus 3, UTF-8 names).
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(selector.metric)) {
    return `{${[quote(selector.metric), ...matchers].join(",")}}`;
  }
  return matchers.length === 0 ? selector.metric : `${selector.metric}{${matchers.join(",")}}`;
}

function labelName(label: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : quote(label);
}

/** PromQL strings escape as Go's do; JSON's escapes are a subset of those for the characters that matter. */
function quote(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

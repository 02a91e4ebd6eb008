import { messageOf } from "../base/errors.ts";
import { compilePattern } from "../base/pattern.ts";

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

/** Whether labels are what matchers ask for. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** Makes the error for a pattern that is none or too long; `why` says what is wrong with it. */
export type RefusePattern = (label: string, why: string, cause: unknown) => Error;

/**
 * The matchers as one test, as PromQL has it: an absent label equals the empty
 * string, regular expressions are anchored at both ends and `.` matches a line feed.
 *
 * @throws what `refuse` makes.
 */
export function labelTest(matchers: readonly Matcher[], refuse: RefusePattern): LabelTest {
  const tests = matchers.map((matcher) => compileMatcher(matcher, refuse));
  return (labels) => tests.every((test) => test(labels));
}

function compileMatcher({ label, op, value }: Matcher, refuse: RefusePattern): LabelTest {
  const isPattern = op === "=~" || op === "!~";
  const keeps = isPattern ? patternTest(label, value, refuse) : (text: string) => text === value;
  const isNegated = op === "!=" || op === "!~";
  return (labels) => keeps(Object.hasOwn(labels, label) ? (labels[label] ?? "") : "") !== isNegated;
}

/** Asked once a value: a read meets few values of a label, each in many series. */
function patternTest(label: string, pattern: string, refuse: RefusePattern): (text: string) => boolean {
  const matches = patternOf(label, pattern, refuse);
  const known = new Map<string, boolean>();
  return (text) => {
    const met = known.get(text) ?? matches(text);
    known.set(text, met);
    return met;
  };
}

function patternOf(label: string, pattern: string, refuse: RefusePattern): (text: string) => boolean {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    throw refuse(label, messageOf(cause), cause);
  }
}

/** Decides which series a selector keeps, as PromQL does. */
import type { Matcher, Selector } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";
import { compilePattern } from "../../base/pattern.ts";

/** Whether a series with these labels is meant. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * The selector's matchers as one test; the name of the metric is left to the
 * caller. An absent label equals the empty string. Regular expressions are
 * anchored at both ends and `.` matches a line feed, as in Prometheus.
 *
 * @throws CoalmineError query-rejected for a pattern that is none or too long.
 */
export function compileMatchers(selector: Selector): LabelTest {
  const tests = selector.matchers.map(compileMatcher);
  return (labels) => tests.every((test) => test(labels));
}

function compileMatcher({ label, op, value }: Matcher): LabelTest {
  const keeps = op === "=~" || op === "!~" ? patternTest(label, value) : (text: string) => text === value;
  const isNegated = op === "!=" || op === "!~";
  return (labels) => keeps(Object.hasOwn(labels, label) ? (labels[label] ?? "") : "") !== isNegated;
}

/** Asked once a value: a read meets few values of a label, each in many series. */
function patternTest(label: string, pattern: string): (text: string) => boolean {
  const matches = patternOf(label, pattern);
  const known = new Map<string, boolean>();
  return (text) => {
    const met = known.get(text) ?? matches(text);
    known.set(text, met);
    return met;
  };
}

function patternOf(label: string, pattern: string): (text: string) => boolean {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    throw rejected(label, cause);
  }
}

function rejected(label: string, cause: unknown): CoalmineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CoalmineError("query-rejected", `matcher of label ${label}: ${reason}`, { cause });
}

/** Decides which series a selector keeps, as PromQL does. */
import { RE2JS } from "re2js";
import type { Matcher, Selector } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";

/** Whether a series with these labels is meant. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** In UTF-16 units; holds an alternation of a hundred pod names twice over. */
export const maxPatternLength = 10_000;

/**
 * The selector's matchers as one test; the name of the metric is left to the
 * caller. An absent label equals the empty string. Regular expressions are
 * anchored at both ends and `.` matches a line feed, as in Prometheus.
 *
 * They are RE2's, not JavaScript's: a spec that is taken here is taken by
 * Prometheus, and a hostile pattern costs time linear in the label.
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
  const compiled = compilePattern(label, pattern);
  const known = new Map<string, boolean>();
  return (text) => {
    const met = known.get(text) ?? compiled.matches(text);
    known.set(text, met);
    return met;
  };
}

/** Compiled patterns by their text, oldest use first: the same few are asked for at every look. */
const compiledPatterns = new Map<string, RE2JS>();
const maxCompiledPatterns = 256;

function compilePattern(label: string, pattern: string): RE2JS {
  const compiled = compiledPatterns.get(pattern) ?? newPattern(label, pattern);
  compiledPatterns.delete(pattern);
  compiledPatterns.set(pattern, compiled);
  const [oldest] = compiledPatterns.keys();
  if (compiledPatterns.size > maxCompiledPatterns && oldest !== undefined) compiledPatterns.delete(oldest);
  return compiled;
}

function newPattern(label: string, pattern: string): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw rejected(label, `a pattern of ${pattern.length} characters, over the limit of ${maxPatternLength}`);
  }
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (cause) {
    throw rejected(label, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function rejected(label: string, reason: string, cause?: unknown): CoalmineError {
  return new CoalmineError("query-rejected", `matcher of label ${label}: ${reason}`, { cause });
}

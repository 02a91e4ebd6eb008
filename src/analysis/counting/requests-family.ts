// Request counters: every series is requests, those whose labels say so are bad.
import { CoalmineError } from "../../base/errors.ts";
import { compilePattern } from "../../base/pattern.ts";
import type { Series } from "../ports.ts";
import type { Counter } from "./counter.ts";
import type { CounterFamily } from "./counter-read.ts";
import { emptyTally, type PodTally } from "./pod-tally.ts";

/** Says of a series whether its requests were bad; null where it has none of the labels that would tell. */
export type BadSeries = (series: Series) => boolean | null;

/**
 * Compiles the rules once for a read and remembers the answer for each label
 * value: a fleet has thousands of series and a dozen codes.
 *
 * @throws CoalmineError invalid-spec if a pattern is not a regular expression.
 */
export function badSeries(rules: Extract<CounterFamily, { kind: "requests" }>["bad"]): BadSeries {
  const tests = rules.map(({ label, pattern }) => {
    const matches = patternOf(pattern, label);
    const answers = new Map<string, boolean>();
    return ({ labels }: Series) => {
      const value = labels[label];
      if (value === undefined) return null;
      let answer = answers.get(value);
      if (answer === undefined) {
        answer = matches(value);
        answers.set(value, answer);
      }
      return answer;
    };
  });
  return (series) => {
    if (tests.length === 0) return false;
    const answers = tests.map((test) => test(series));
    return answers.every((answer) => answer === null) ? null : answers.includes(true);
  };
}

/** What one pod's request counters come to; text says what cannot be true. */
export function tallyRequests(
  counters: readonly Counter[],
  isBad: BadSeries,
  pod: string,
): PodTally | string {
  const tally = emptyTally(1);
  const { settled, warming } = tally;
  for (const counter of counters) {
    if (counter.fresh === 0) continue;
    if (counter.broken)
      return `pod ${pod}: ${counter.series.labels["__name__"] ?? "a counter"} is not a count`;
    settled.total += counter.settled;
    warming.total += counter.warming;
    const bad = isBad(counter.series);
    if (bad === null && counter.settled + counter.warming > 0) {
      return `pod ${pod}: ${counter.series.labels["__name__"] ?? "a counter"} lacks the label that tells bad requests from good ones`;
    }
    if (bad !== true) continue;
    settled.bad[0] = (settled.bad[0] ?? 0) + counter.settled;
    warming.bad[0] = (warming.bad[0] ?? 0) + counter.warming;
  }
  return tally;
}

function patternOf(pattern: string, label: string): (text: string) => boolean {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    throw notAnExpression(pattern, label, cause);
  }
}

function notAnExpression(pattern: string, label: string, cause: unknown): CoalmineError {
  const message = `pattern ${pattern} of label ${label} is not a regular expression: mend it`;
  return new CoalmineError("invalid-spec", message, { cause });
}

import type { Matcher } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";
import { compilePattern } from "../../base/pattern.ts";

/** Whether labels are what a selector asks for; a label that is not there is empty, as in Prometheus. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * The matchers as one test.
 *
 * @throws CoalmineError invalid-request for a pattern that is none.
 */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map(compileMatcher);
  return (labels) => tests.every((test) => test(labels));
}

function compileMatcher({ label, op, value }: Matcher): LabelTest {
  const labelValue = (labels: Readonly<Record<string, string>>) => labels[label] ?? "";
  switch (op) {
    case "=":
      return (labels) => labelValue(labels) === value;
    case "!=":
      return (labels) => labelValue(labels) !== value;
    case "=~":
    case "!~": {
      const matches = compile(label, value);
      return (labels) => matches(labelValue(labels)) === (op === "=~");
    }
  }
}

function compile(label: string, pattern: string): (text: string) => boolean {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    throw unreadable(label, cause);
  }
}

function unreadable(label: string, cause: unknown): CoalmineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CoalmineError("invalid-request", `the pattern of ${label} cannot be read: ${why}`, { cause });
}

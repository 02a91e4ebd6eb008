import { RE2JS } from "re2js";
import { messageOf } from "./errors.ts";
import { patternSize } from "./pattern-size.ts";

/** In UTF-16 units; holds an alternation of a hundred pod names twice over. */
export const maxPatternLength = 10_000;

/** Instructions of a compiled pattern: each takes three microseconds to make, and some eighty bytes. */
const maxProgram = 20_000;

/** Compiled patterns by their text, oldest use first: the same few are asked for at every look. */
const compiledPatterns = new Map<string, RE2JS>();
const maxCompiledPatterns = 256;

/** Of all of them together: some twenty megabytes. */
const maxCompiledInstructions = 250_000;
let compiledInstructions = 0;

/**
 * A label pattern as Prometheus understands it: RE2's syntax, anchored at both
 * ends, the dot matches a line feed too. JavaScript's own expressions are
 * another language, and a hostile one can run for ever; these take time linear
 * in the text.
 *
 * @throws RangeError that says what is wrong, for a pattern that is none or too long.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = compiledPatterns.get(pattern) ?? newPattern(pattern);
  forget(pattern);
  compiledPatterns.set(pattern, compiled);
  compiledInstructions += compiled.programSize();
  for (const oldest of compiledPatterns.keys()) {
    if (compiledPatterns.size <= maxCompiledPatterns && compiledInstructions <= maxCompiledInstructions)
      break;
    forget(oldest);
  }
  return (text) => compiled.matches(text);
}

function forget(pattern: string): void {
  compiledInstructions -= compiledPatterns.get(pattern)?.programSize() ?? 0;
  compiledPatterns.delete(pattern);
}

function newPattern(pattern: string): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw new RangeError(
      `a pattern of ${pattern.length} characters is over the limit of ${maxPatternLength}`,
    );
  }
  if (patternSize(pattern) > maxProgram) {
    throw new RangeError("the pattern repeats too much: lower the figures in its {…}");
  }
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (cause) {
    throw new RangeError(messageOf(cause), { cause });
  }
}

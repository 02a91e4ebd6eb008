import { RE2JS } from "re2js";

/** In UTF-16 units; holds an alternation of a hundred pod names twice over. */
export const maxPatternLength = 10_000;

/** Compiled patterns by their text, oldest use first: the same few are asked for at every look. */
const compiledPatterns = new Map<string, RE2JS>();
const maxCompiledPatterns = 256;

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
  compiledPatterns.delete(pattern);
  compiledPatterns.set(pattern, compiled);
  const [oldest] = compiledPatterns.keys();
  if (compiledPatterns.size > maxCompiledPatterns && oldest !== undefined) compiledPatterns.delete(oldest);
  return (text) => compiled.matches(text);
}

function newPattern(pattern: string): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw new RangeError(
      `a pattern of ${pattern.length} characters is over the limit of ${maxPatternLength}`,
    );
  }
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (cause) {
    throw new RangeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

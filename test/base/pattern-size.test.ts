import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { patternSize } from "../../src/base/pattern-size.ts";

it.each([
  ["", 0],
  ["abc", 3],
  ["a{3}", 3],
  ["a{2,5}b", 6],
  ["a{10,}", 10],
  ["(?:ab){10}", 40],
  ["(?P<name>a{3}){3}", 15],
  ["[a{9}]]{2}", 3],
  ["[]a]{4}[^]b]{4}[\\]c]{4}", 12],
  ["\\p{Greek}{5}\\x{41}\\{9}", 9],
  ["((a{10}){10}){10}", 1_220],
  ["a{,3}", 5],
])("%j is about %i instructions", (pattern, size) => {
  expect(patternSize(pattern)).toBe(size);
});

it("is never far below what RE2 makes of a pattern", () => {
  const { pattern } = fc.letrec<{ readonly pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("a", ".", "[a-z]", "\\pL", "\\d", "(?i)k", "[^]x]", "\\x{e9}", "é"),
      fc.array(tie("pattern"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
      fc.array(tie("pattern"), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join("|")})`),
      fc
        .tuple(tie("pattern"), fc.constantFrom("*", "+?", "?", "{3}", "{2,9}", "{7,}", "{0,4}"))
        .map(([operand, repeat]) => `(${operand})${repeat}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, (text) => {
      const made = RE2JS.compile(text).programSize();
      expect(made).toBeLessThanOrEqual(20 + 3 * patternSize(text));
    }),
    { seed: 5, numRuns: 500 },
  );
});

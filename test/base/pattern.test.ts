import { describe, expect, it } from "vitest";
import { compilePattern, maxPatternLength } from "../../src/base/pattern.ts";

describe("compilePattern", () => {
  it.each([
    ["5..", "503", true],
    ["5..", "1503", false],
    ["5..|0", "0", true],
    ["a.b", "a\nb", true],
    ["", "", true],
  ])("%j matches %j: %s", (pattern, text, matches) => {
    expect(compilePattern(pattern)(text)).toBe(matches);
  });

  it("takes no longer for a pattern that would keep JavaScript's engine busy for ever", () => {
    expect(compilePattern("(a+)+b")("a".repeat(5_000))).toBe(false);
  });

  it("takes an alternation of many pods, each with its repeats", () => {
    const pods = Array.from({ length: 300 }, (_, index) => `checkout-${index}-[a-z0-9]{5}`).join("|");
    expect(compilePattern(pods)("checkout-299-x7b2q")).toBe(true);
  });

  it("refuses a pattern whose repeats make it long", () => {
    expect(() => compilePattern("(?:(a|b){30}c{5}){300}")).toThrow("repeats too much");
  });

  it.each(["(", "(?=a)", "a".repeat(maxPatternLength + 1)])("refuses %.12s", (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(RangeError);
  });
});

import { describe, expect, it } from "vitest";
import type { MatchOperator } from "../../../src/analysis/selector.ts";
import { maxPatternLength } from "../../../src/base/pattern.ts";
import { compileMatchers } from "../../../src/sources/scrape/match.ts";

function keeps(op: MatchOperator, value: string, labels: Readonly<Record<string, string>>): boolean {
  return compileMatchers({ metric: "m", matchers: [{ label: "l", op, value }] })(labels);
}

describe("compileMatchers", () => {
  it.each([
    ["=", "a", "a", true],
    ["=", "a", "ab", false],
    ["!=", "a", "ab", true],
    ["=~", "a|b", "b", true],
    ["=~", "a|b", "ab", false],
    ["=~", "a.b", "a\nb", true],
    ["=~", "(?i)ab", "AB", true],
    ["=~", "[[:digit:]]+", "42", true],
    ["=~", "\\d{3}", "500", true],
    ["=~", "v1\\.2", "v1x2", false],
    ["!~", "5..", "500", false],
    ["!~", "5..", "5000", true],
  ] as const)("decides l%s%j for %j", (op, pattern, value, kept) => {
    expect(keeps(op, pattern, { l: value })).toBe(kept);
  });

  it.each([
    ["=", "", true],
    ["!=", "", false],
    ["=~", ".*", true],
    ["=~", ".+", false],
    ["=~", "a|", true],
    ["!~", ".+", true],
    ["!~", "", false],
  ] as const)("takes an absent label for the empty string, l%s%j", (op, value, kept) => {
    expect(keeps(op, value, { other: "x" })).toBe(kept);
    expect(keeps(op, value, { l: "" })).toBe(kept);
  });

  it("takes a label named after what every object has for absent", () => {
    const test = compileMatchers({ metric: "m", matchers: [{ label: "constructor", op: "=", value: "" }] });
    expect(test({ pod: "a" })).toBe(true);
  });

  it("wants every matcher to hold, and keeps all where there is none", () => {
    const both = compileMatchers({
      metric: "m",
      matchers: [
        { label: "a", op: "=", value: "1" },
        { label: "b", op: "!~", value: "2" },
      ],
    });
    expect([both({ a: "1", b: "3" }), both({ a: "1", b: "2" }), both({ a: "0", b: "3" })]).toEqual([
      true,
      false,
      false,
    ]);
    expect(compileMatchers({ metric: "m", matchers: [] })({})).toBe(true);
  });

  // What JavaScript takes and RE2 does not is rejected too: Prometheus would reject it.
  it.each(["a(", "[", "*", "(?=a)", "(?<=a)b", "(a)\\1", "a{1001}", "\\y"])(
    "rejects the pattern %s",
    (pattern) => {
      expect(() => keeps("=~", pattern, {})).toThrowError(
        expect.objectContaining({ code: "query-rejected", message: expect.stringContaining("label l") }),
      );
    },
  );

  it("rejects a pattern that is too long, and takes one that just is not", () => {
    const longest = "a".repeat(maxPatternLength);
    expect(keeps("=~", longest, { l: longest })).toBe(true);
    expect(() => keeps("=~", `${longest}a`, {})).toThrowError(
      expect.objectContaining({ code: "query-rejected" }),
    );
  });

  it("is not held up by a pattern made to backtrack", () => {
    expect(keeps("=~", "(a+)+b", { l: "a".repeat(5_000) })).toBe(false);
  });

  it("goes on deciding aright past the number of patterns that it keeps compiled", () => {
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 300; index += 1) {
        expect(keeps("=~", `x${index}.?`, { l: `x${index}` })).toBe(true);
      }
    }
  });
});

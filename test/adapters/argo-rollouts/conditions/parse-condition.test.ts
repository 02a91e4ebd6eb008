import { describe, expect, it } from "vitest";
import { parseCondition } from "../../../../src/adapters/argo-rollouts/conditions/parse-condition.ts";

describe("parseCondition", () => {
  it.each([
    [
      "result.score >= 75 && groupBy(result.metrics, .k) == nil",
      /the function `groupBy` is not supported .*at character 23$/,
    ],
    ["result.score >= 75; true", /`;` is not supported .*at character 19$/],
    ["result | len", /a pipe \(`\|`\) is not supported .*at character 8$/],
    ["result == {a: 1}", /a map \(`\{…\}`\) is not supported .*at character 11$/],
    ["result ?: true", /`\?:` is not supported .*at character 9$/],
    ["any(result, #index > 1)", /`#index` is not supported .*at character 13$/],
    ["result matches `a`", /a string in backquotes is not supported .*at character 16$/],
    ["result not == 1", /`not` before `==` is not supported .*at character 8$/],
    ["1 + result not in [2]", /put what stands before this `not` in parentheses, at character 12$/],
    ["# > 1", /`#` and a leading `.` stand for an element.*at character 1$/],
    ["result == 'ok", /expected a closing ' on the same line, at character 11$/],
    ["result /* ok", /expected \*\/ at the end of the comment, at character 8$/],
    ["result == '\\q'", /unknown escape .*at character 11$/],
    ["result > 1px", /a number runs into a name, at character 10$/],
    ["result > 9223372036854775808", /over the greatest int, 9223372036854775807, at character 10$/],
    ["result > 1e999", /1e999 is no number/],
    ["result > é", /unknown name `é`.*text stands in quotes/],
    ["result > €", /"€" is no character of a condition, at character 10$/],
    ["result matches '('", /the pattern cannot be read: .*at character 16$/],
    ["result matches '(?=a)'", /the pattern cannot be read/],
    ["len(result, 1) == 1", /len takes 1 argument, got 2, at character 1$/],
    ["default(result) == 1", /default takes 2 arguments, got 1/],
    ["(result > 1", /expected \), got the end, at character 12$/],
    ["len(result) + 1", /a condition is true or false, this is a value of type int; compare it/],
    ["!1", /! does not take int, at character 1$/],
  ])("refuses %s and says where, what and how else", (text, message) => {
    expect(() => parseCondition(text)).toThrow(
      expect.objectContaining({ code: "invalid-spec", message: expect.stringMatching(message) }),
    );
  });

  it("refuses a text over 4096 characters, and takes one of that length", () => {
    expect(() => parseCondition(`true${" ".repeat(4093)}`)).toThrow(/at most 4096 characters, this has 4097/);
    expect(parseCondition(`true${" ".repeat(4092)}`).text).toHaveLength(4096);
  });

  it.each([
    ["brackets", `${"(".repeat(300)}true${")".repeat(300)}`],
    ["negations", `${"!".repeat(300)}true`],
    ["operators in a row", `true${" || true".repeat(300)}`],
    ["closures", `${"all(result, ".repeat(300)}true${")".repeat(300)}`],
    ["indices", `result${"[0]".repeat(300)} == 1`],
  ])("refuses %s nested more than 200 deep", (_, text) => {
    expect(() => parseCondition(text)).toThrow(/nests more than 200 deep/);
  });

  it("refuses a pattern that would be a large program", () => {
    expect(() => parseCondition("result matches '(a{100}b){100}'")).toThrow(
      /repeats too much|cannot be read/,
    );
    expect(() => parseCondition(`result matches '${"a".repeat(251)}'`)).toThrow(
      /at most 250 characters, this has 251/,
    );
  });
});

import { describe, expect, it } from "vitest";
import { evaluateConditions } from "../../../../src/adapters/argo-rollouts/conditions/evaluate-conditions.ts";
import { parseCondition } from "../../../../src/adapters/argo-rollouts/conditions/parse-condition.ts";
import type { JsonValue, ResultValue } from "../../../../src/adapters/argo-rollouts/conditions/value.ts";

const condition = (text: string | null) => (text === null ? null : parseCondition(text));
const evaluate = (success: string | null, failure: string | null, result: ResultValue) =>
  evaluateConditions({ success: condition(success), failure: condition(failure) }, result);
const truth = (text: string, result: ResultValue = null) => {
  const evaluated = evaluate(text, null, result);
  return evaluated.phase === "Error" ? evaluated.message : evaluated.phase === "Successful";
};

describe("evaluateConditions", () => {
  it("is not refused beforehand for a type that the result at hand does not have", () => {
    expect(truth("(result ? result : 'a') || false", true)).toBe(true);
    expect(truth("(false ? 'a' : result) || false", true)).toBe(true);
  });

  it.each([
    [null, null, "Successful"],
    ["true", null, "Successful"],
    ["false", null, "Failed"],
    [null, "true", "Failed"],
    [null, "false", "Successful"],
    ["true", "true", "Failed"],
    ["true", "false", "Successful"],
    ["false", "true", "Failed"],
    ["false", "false", "Inconclusive"],
  ])("with success %s and failure %s is %s", (success, failure, phase) => {
    expect(evaluate(success, failure, null)).toEqual({ phase });
  });

  it("is an error if either cannot be evaluated, whatever the other says", () => {
    expect(evaluate("result.a > 1", "true", {}).phase).toBe("Error");
    expect(evaluate("true", "result.a > 1", {}).phase).toBe("Error");
  });

  it("names the condition and the place in an error, and no value of the result", () => {
    expect(evaluate("true", "result.token > 1", { token: "s3cret" })).toEqual({
      phase: "Error",
      message: 'failureCondition "result.token > 1": a string > an int has no meaning, at character 14',
    });
  });

  it("leaves a NaN that is compared neither passed nor failed", () => {
    expect(evaluate("result[0] >= .95", "result[0] < .95", new Float64Array([Number.NaN]))).toEqual({
      phase: "Inconclusive",
    });
  });

  it.each([
    "result.constructor == nil",
    "result.__proto__ == nil",
    "result['toString'] == nil",
    "not ('constructor' in result)",
    "result.list.length == nil",
  ])("sees only what the result itself holds: %s", (text) => {
    expect(truth(text, { list: {} })).toBe(true);
  });

  it("sees a key called __proto__ that JSON has", () => {
    expect(truth("result.__proto__ == 1", JSON.parse('{"__proto__": 1}'))).toBe(true);
  });

  it("ignores the first argument of isNil and default, as Argo Rollouts does", () => {
    expect(truth("isNil(result.a)", { a: null })).toBe(false);
    expect(truth("isNil(1)", null)).toBe(true);
    expect(truth("default(result.a, 2) == result", { a: null })).toBe(true);
    expect(truth("default(1, 2) == 2", null)).toBe(true);
  });

  it.each([
    ["round(2.5) == 3 && round(-2.5) == -3 && ceil(1.2) == 2 && floor(-1.2) == -2", true],
    ["9223372036854775807 + 1 < 0", true],
    ["-2 ** 2 == -4 && 2 ** 3 ** 2 == 512", true],
    ["-7 % 3 == -1", true],
    ["1 == 1.0 && !(1 == nil)", true],
    ["string(1e21) == '1e+21' && string(0.00001) == '1e-05' && string(100000.0) == '100000'", true],
    ["string([1, 'a', nil]) == '[1 a <nil>]'", true],
    ["len('é') == 2", true],
    ["'\\x41\\u00e9\\101' == 'AéA'", true],
    ["'\uffff' < '😀'", true],
    ["median([3, 1, 2]) == 2 && median([4, 1]) == 2.5 && mean([1, 2]) == 1.5", true],
    ["min(3, 1, 2) == 1 && max(1.5, 0.5) == 1.5", true],
    ["find([1, 2, 3], # > 1) == 2", true],
    ["one([1, 2], # > 1) && count([1, 2, 3], {# > 1}) == 2", true],
    ["asFloat('1_000.5e1') == 10005 && asFloat('-Inf') < 0 && isNaN(asFloat('nan'))", true],
    ["1 in 0..2 && 3 not in 0..2", true],
    ["'abc' contains 'b' && 'abc' not startsWith 'b' && 'abc' endsWith 'c' && 'abc' matches 'b.'", true],
    ["5 % 0 == 1", "an int is divided by 0"],
    ["int('1.5') == 1", "int takes a number, or a string of decimal digits, got a string"],
    ["first(filter([1, 'a'], # > 0)) == 1", true],
    ["filter([1, 'a'], # > 0)[0] == 1", true],
    ["filter([1], # > 1)[0] == 1", "the filter keeps no element"],
    ["(true ? true : nil) || false", true],
    ["last(filter([1], # > 0)) == 1", "the last of a filter is not supported"],
    ["filter([1], # > 0)[-1] == 1", "the last of a filter is not supported"],
    ["(nil ?? 1) == 1", true],
    ["[1][0][0] == 1", "an int has no element"],
    ["string(nil)[9] == 1", "string has no element by int"],
  ] as const)("has expr's answer to %s", (text, wanted) => {
    // What is wrong for every result is refused before there is one.
    const answer = () => truth(text);
    if (wanted === true) expect(answer()).toBe(true);
    else expect(caught(answer)).toContain(wanted);
  });

  it.each([
    ["result.n > 1 || true", true],
    ["result.n > 1 && false", false],
    ["true || result.n > 1", true],
  ])("knows what expr knows without a look at the result: %s", (text, wanted) => {
    expect(truth(text, {})).toBe(wanted);
  });

  it("checks types also where evaluation would not come", () => {
    expect(truth("true && (1 < 2 || result > 1)", "text")).toMatch(/string > int has no meaning/);
  });

  it.each([
    ["nested closures", "all(result, all(result, all(result, # > 0)))", new Array(200).fill(1)],
    ["a range", "len(0..100000000) > 0", null],
    ["a text that doubles", `len(first(${"map(".repeat(30)}['ab']${", # + #)".repeat(30)})) > 0`, null],
    ["a list that doubles", `string(${"map(".repeat(30)}[1]${", [#, #])".repeat(30)}) == ''`, null],
    ["a long text and a pattern", "result matches '(x{0,100}y){0,9}z'", "x".repeat(100_000)],
    ["many patterns", "all(result, 'a' matches # + '{1,100}')", new Array(5000).fill("a")],
  ] as const)("ends %s that would take too long as an error", (_, text, result) => {
    expect(truth(text, result)).toMatch(/takes more than 1000000 steps/);
  });

  it("ends a comparison of results that are nested too deep as an error", () => {
    const nested = () => JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as JsonValue;
    expect(truth("result.a == result.b", { a: nested(), b: nested() })).toMatch(/steps/);
    expect(truth("string(result.a) == ''", { a: nested() })).toMatch(/steps/);
  });
});

function caught(answer: () => unknown): unknown {
  try {
    return answer();
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : thrown;
  }
}

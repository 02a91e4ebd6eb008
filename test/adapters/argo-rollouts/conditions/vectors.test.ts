import { describe, expect, it } from "vitest";
import { evaluateConditions } from "../../../../src/adapters/argo-rollouts/conditions/evaluate-conditions.ts";
import { parseCondition } from "../../../../src/adapters/argo-rollouts/conditions/parse-condition.ts";
import { readVectors, type Vector } from "./vectors.ts";

/** The vectors that use what is left out, by its name: how many they are. */
const leftOut = new Map([
  [/`let` is not supported/, 1],
  [/`if` is not supported/, 1],
  [/`;` is not supported/, 1],
  [/`\$env` is not supported/, 1],
  [/the function `reduce` is not supported/, 1],
  [/the function `now` is not supported/, 1],
  [/a method \(`\.Name\(\)`\) is not supported/, 1],
  [/a slice \(`\[from:to\]`\) is not supported/, 1],
  [/`\?\.\[` is not supported/, 1],
  [/a chain of comparisons is not supported/, 1],
  [/`==` on a list is not supported/, 1],
  [/max takes at least 2 arguments/, 2],
]);

/** The vectors that are an error in expr for every result, and so are refused before there is one. */
const alwaysWrong = new Map([
  [/put the part with \?\? before < in parentheses/, 1],
  [/a condition is true or false, this is a value of type (int|nil)/, 2],
  [/unknown name `(foo|undefinedVar|b|Result)`/, 4],
  [/unexpected the end/, 2],
  [/unexpected `between`/, 1],
  [/unexpected =: compare with ==/, 2],
  [/unexpected &: write && or and/, 1],
  [/bool == int has no meaning/, 1],
  [/bool > int has no meaning/, 1],
]);

const total = 215;
const sumOf = (counts: ReadonlyMap<RegExp, number>) =>
  [...counts.values()].reduce((sum, count) => sum + count);

function refusal({ text }: Vector): string | null {
  try {
    parseCondition(text);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function outcome({ text, result }: Vector): string {
  const { phase } = evaluateConditions({ success: parseCondition(text), failure: null }, result);
  return { Successful: "true", Failed: "false", Error: "ERROR", Inconclusive: "Inconclusive" }[phase];
}

describe.each(["1.15.5", "1.17.8"] as const)("conditions beside expr %s", (version) => {
  const vectors = readVectors(version);
  const refused = vectors.flatMap((vector) => {
    const message = refusal(vector);
    return message === null ? [] : [{ vector, message }];
  });

  it("are tested with all vectors", () => {
    expect(vectors).toHaveLength(total);
    expect(refused).toHaveLength(sumOf(leftOut) + sumOf(alwaysWrong));
  });

  it.each(vectors.filter((vector) => refusal(vector) === null))("answer the same: $line", (vector) => {
    expect(outcome(vector)).toBe(vector.outcome);
  });

  it.each([...leftOut])("refuse what is left out, by its name: %s", (named, count) => {
    expect(refused.filter(({ message }) => named.test(message))).toHaveLength(count);
  });

  it.each([...alwaysWrong])("refuse what is wrong for every result: %s", (named, count) => {
    expect(refused.filter(({ message }) => named.test(message))).toHaveLength(count);
  });
});

describe("what is refused as wrong for every result", () => {
  it("is an error in expr 1.15.5 too", () => {
    const wrong = readVectors("1.15.5").filter((vector) => {
      const message = refusal(vector);
      return message !== null && [...alwaysWrong.keys()].some((named) => named.test(message));
    });
    expect(wrong).toHaveLength(sumOf(alwaysWrong));
    expect(wrong.filter((vector) => vector.outcome !== "ERROR")).toEqual([]);
  });
});

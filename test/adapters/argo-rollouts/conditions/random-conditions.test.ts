import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateConditions } from "../../../../src/adapters/argo-rollouts/conditions/evaluate-conditions.ts";
import { parseCondition } from "../../../../src/adapters/argo-rollouts/conditions/parse-condition.ts";
import type { ResultValue } from "../../../../src/adapters/argo-rollouts/conditions/value.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors("1.15.5");
const words = [
  ...new Set(vectors.flatMap(({ text }) => text.match(/\w+|'[^']*'|"[^"]*"|\s|[^\w\s]+/g) ?? [])),
  ..."()[]{}.,#?:!'\"`\\/*".split(""),
  "constructor",
  "__proto__",
  "\u0000",
  "\ud800",
];
const someWords = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((some) => some.join(""));
/** A vector with a few of its words taken out and others put in. */
const mutated = fc
  .tuple(
    fc.constantFrom(...vectors),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...words)), { minLength: 1, maxLength: 4 }),
  )
  .map(([{ text }, changes]) =>
    changes.reduce((now, [at, length, word]) => {
      const from = at % (now.length + 1);
      return now.slice(0, from) + word + now.slice(from + length);
    }, text),
  );
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), someWords, mutated);
const result: fc.Arbitrary<ResultValue> = fc.oneof(
  fc.constantFrom(...vectors.map((vector) => vector.result)),
  fc.jsonValue() as fc.Arbitrary<ResultValue>,
);

describe("any text at all", () => {
  it("is a condition or refused with its reason, and evaluates to a phase", () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(text, result, (written, value) => {
        try {
          const condition = parseCondition(written);
          met.add(evaluateConditions({ success: condition, failure: condition }, value).phase);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CoalmineError);
          expect(thrown).toMatchObject({
            code: "invalid-spec",
            message: expect.stringMatching(/., at character \d+$/),
          });
          met.add("refused");
        }
      }),
      { seed: 20, numRuns: 5000 },
    );
    expect([...met].sort()).toEqual(["Error", "Failed", "Inconclusive", "refused"]);
  });
});

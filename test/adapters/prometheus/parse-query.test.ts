import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metricNames } from "../../../src/adapters/prometheus/metric-series.ts";
import { parseQuery } from "../../../src/adapters/prometheus/parse-query.ts";
import { renderSelector } from "../../../src/analysis/selector.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

describe("numbers", () => {
  it.each([
    ["1", 1],
    [" -0.5 ", -0.5],
    ["1e3", 1_000],
    [".5", 0.5],
    ["0x1F", 31],
    ["Inf", Number.POSITIVE_INFINITY],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["NaN", Number.NaN],
    ["1+1", 2],
    ["1 + -1 # why", 0],
  ])("reads %j", (text, value) => {
    expect(parseQuery(text)).toEqual({ kind: "scalar", value });
    expect(parseQuery(`vector(${text.split(/[+#]/)[0]})`)).toMatchObject({ kind: "vector" });
  });

  it("reads vector(<number>)", () => {
    expect(parseQuery("vector(1)")).toEqual({ kind: "vector", value: 1 });
    expect(parseQuery(" vector ( -2.5e1 ) ")).toEqual({ kind: "vector", value: -25 });
  });
});

it.each([
  ["", "expected a query"],
  ["vector()", "expected a number"],
  ["vector(1", "expected )"],
  ["vector(time())", "expected a number"],
  ["1 2", "expected nothing more"],
  ["1+", "expected a number"],
  ["1x", "expected a metric name"],
  [
    "sum(coalmine_score)",
    "unknown function `sum`; known are vector(<number>), a number, and coalmine_verdict",
  ],
  ["up", "unknown metric `up`; known: coalmine_verdict, coalmine_score, coalmine_evidence"],
  ["coalmine_scores", "did you mean `coalmine_score`?"],
  ["coalmine_score > 75", "operators"],
  ["coalmine_score[5m]", "ranges"],
  ["coalmine_score offset 5m", "offsets"],
  ['{service="a"}', "expected a metric name"],
  ['coalmine_score{service="a"', "expected , or }"],
  ["coalmine_score{service=a}", "expected a quoted value"],
])("refuses %j and says why", (text, message) => {
  expect(() => parseQuery(text)).toThrow(message);
});

it("reads back every selector of its metrics, however it is quoted", () => {
  const matcher = fc.record({
    label: fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,9}$/).filter((label) => label !== "__name__"),
    op: fc.constantFrom("=" as const, "!=" as const, "=~" as const, "!~" as const),
    value: fc.string({ unit: "grapheme" }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...metricNames), fc.array(matcher), (metric, matchers) => {
      expect(parseQuery(renderSelector({ metric, matchers }))).toEqual({ kind: "series", metric, matchers });
    }),
  );
});

it("reads any text or refuses it as what cannot be read, never otherwise", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "coalmine_score",
      "vector",
      "{",
      "}",
      "(",
      ")",
      '"',
      "'",
      "`",
      "\\",
      "=~",
      "!=",
      ",",
      "+",
      "1",
      "#",
    ),
    fc.string({ unit: "binary", maxLength: 5 }),
  );
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        outcomes.add(parseQuery(pieces.join("")).kind);
      } catch (thrown) {
        // An `expect` here would write out every stack, which takes seconds.
        if (!(thrown instanceof CoalmineError) || thrown.code !== "invalid-spec") throw thrown;
        outcomes.add("refused");
      }
    }),
    { numRuns: 500, examples: [[["coalmine_score"]], [["1"]]] },
  );
  expect([...outcomes]).toEqual(expect.arrayContaining(["refused", "series", "scalar"]));
});

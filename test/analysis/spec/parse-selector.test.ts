import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderSelector, type Selector } from "../../../src/analysis/selector.ts";
import { parseCondition } from "../../../src/analysis/spec/parse-condition.ts";
import { parseMatchers, parseSelector } from "../../../src/analysis/spec/parse-selector.ts";

describe("parseSelector", () => {
  it.each<[string, Selector]>([
    ["up", { metric: "up", matchers: [] }],
    ["up{}", { metric: "up", matchers: [] }],
    [" job:rate5m { a = 'b' , } ", { metric: "job:rate5m", matchers: [{ label: "a", op: "=", value: "b" }] }],
    [
      'a{b!="c",d=~"5..",e!~`\\d+`}',
      {
        metric: "a",
        matchers: [
          { label: "b", op: "!=", value: "c" },
          { label: "d", op: "=~", value: "5.." },
          { label: "e", op: "!~", value: "\\d+" },
        ],
      },
    ],
    ['{__name__="up",a="b"}', { metric: "up", matchers: [{ label: "a", op: "=", value: "b" }] }],
    [
      '{"http.requests","a.b"="c"}',
      { metric: "http.requests", matchers: [{ label: "a.b", op: "=", value: "c" }] },
    ],
    ['a{b="ü 😀"} # a comment', { metric: "a", matchers: [{ label: "b", op: "=", value: "ü 😀" }] }],
    [
      String.raw`a{b="\"\\\n\t\x41\u00e9\U0001F600\101"}`,
      { metric: "a", matchers: [{ label: "b", op: "=", value: '"\\\n\tAé😀A' }] },
    ],
  ])("reads %s as PromQL does", (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  it.each([
    ["rate(a[5m])", "functions such as rate(…) or sum(…) are not needed"],
    ["a[5m]", "a range such as [5m] is not needed"],
    ["a offset 5m", "without offset or @"],
    ["a @ 5", "without offset or @"],
    ["a / b", "arithmetic and grouping are not accepted"],
    ["a == 1", "arithmetic and grouping are not accepted"],
    ["", "expected a metric name, got the end at character 1"],
    ['{a="b"}', "expected a metric name"],
    ['a{__name__="b"}', "expected one metric name, got a and b"],
    ['{__name__=~"b"}', "__name__ takes only ="],
    ["a{b}", 'expected =, !=, =~ or !~ after b, got "}" at character 4 of a{b}'],
    ["a{b=c}", 'expected a quoted value after b=, got "c}" at character 5'],
    ['a{b="c"', "expected , or }, got the end"],
    ['a{b="c" d="e"}', 'expected , or }, got "d=\\"e\\"}" at character 9'],
    ['a{b="c}', 'expected a closing "'],
    ['a{b="c\nd"}', "the string has no end on its line"],
    [String.raw`a{b="\q"}`, "an escape that is not a character"],
    [String.raw`a{b="\ud800"}`, "an escape that is not a character"],
    ['a{1b="c"}', "expected a label name"],
    ["5", "expected a metric name"],
  ])("refuses %s and says why and where", (text, message) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: "invalid-spec" }));
    expect(() => parseSelector(text)).toThrow(message);
  });

  it("reads back whatever a selector is rendered as", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    const label = fc
      .oneof(word, fc.stringMatching(/^[a-z_][a-z0-9_]*$/))
      .filter((name) => name !== "__name__");
    const matcher = fc.record({
      label,
      op: fc.constantFrom("=" as const, "!=" as const, "=~" as const, "!~" as const),
      value: fc.string({ unit: "grapheme" }),
    });
    fc.assert(
      fc.property(fc.record({ metric: word, matchers: fc.array(matcher, { maxLength: 4 }) }), (selector) => {
        expect(parseSelector(renderSelector(selector))).toEqual(selector);
      }),
    );
  });
});

describe("parseMatchers", () => {
  it("reads matchers with and without braces", () => {
    const matchers = [
      { label: "version", op: "=", value: "v2" },
      { label: "zone", op: "!=", value: "b" },
    ];
    expect(parseMatchers('version="v2",zone!="b"')).toEqual(matchers);
    expect(parseMatchers('{version="v2", zone!="b",}')).toEqual(matchers);
  });

  it.each([
    ["", "expected a label matcher"],
    ["{}", "expected a label matcher"],
    ['up{a="b"}', "expected =, !=, =~ or !~ after up"],
    ['{"up",a="b"}', "got the metric name up"],
    ['a="b" c="d"', "expected ,"],
    ['{a="b"} == 1', "expected nothing after the series selector"],
  ])("refuses %j", (text, message) => {
    expect(() => parseMatchers(text)).toThrow(message);
  });
});

describe("parseCondition", () => {
  it.each([
    ["up == 0", { selector: { metric: "up", matchers: [] }, op: "==", threshold: 0 }],
    [
      "up{a='b'}!=-1.5e3",
      {
        selector: { metric: "up", matchers: [{ label: "a", op: "=", value: "b" }] },
        op: "!=",
        threshold: -1500,
      },
    ],
    ["up>=.5", { selector: { metric: "up", matchers: [] }, op: ">=", threshold: 0.5 }],
    ["up < 1", { selector: { metric: "up", matchers: [] }, op: "<", threshold: 1 }],
  ])("reads %s", (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
  });

  it.each([
    ["up", "expected one of == != >= > <= <"],
    ["up = 1", "expected one of == != >= > <= <"],
    ["up == x", "expected a number"],
    ["up == 1e999", "expected a number"],
    ["up == 1 and down", "expected nothing after"],
  ])("refuses %s", (text, message) => {
    expect(() => parseCondition(text)).toThrow(message);
  });
});

import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { describe, expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { parseExposition } from "../../../src/sources/scrape/exposition.ts";
import { writeExposition } from "./write-exposition.ts";

const limits = { maxLineLength: 65_536, maxLabels: 64, maxSamples: 1_000 };
const formats = ["prometheus", "openmetrics"] as const;

function parse(text: string, format: (typeof formats)[number] = "prometheus") {
  return parseExposition(text, format, limits).map(({ name, labels, value, time }) => ({
    name,
    labels: Object.fromEntries(labels),
    value,
    time,
  }));
}

function failure(text: string, format: (typeof formats)[number] = "prometheus"): unknown {
  try {
    parseExposition(text, format, limits);
    return null;
  } catch (error) {
    return error;
  }
}

describe("parseExposition, on what prom-client writes", () => {
  const labelValue = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => text !== "");
  const observed = fc.array(fc.record({ who: labelValue, value: fc.double({ noNaN: true }) }), {
    maxLength: 6,
  });

  it.each(formats)("finds every gauge and counter as it was set (%s)", async (format) => {
    await fc.assert(
      fc.asyncProperty(observed, async (events) => {
        const registry = registryOf(format);
        const gauge = new Gauge({
          name: "heat",
          help: 'a "b"\\\n',
          labelNames: ["who"],
          registers: [registry],
        });
        const counter = new Counter({
          name: "hits_total",
          help: "h",
          labelNames: ["who"],
          registers: [registry],
        });
        const heats = new Map<string, number>();
        const hits = new Map<string, number>();
        for (const { who, value } of events) {
          gauge.set({ who }, value);
          counter.inc({ who }, 2);
          heats.set(who, value);
          hits.set(who, (hits.get(who) ?? 0) + 2);
        }
        const samples = parse(await registry.metrics(), format);
        const held = (name: string) =>
          new Map(
            samples
              .filter((sample) => sample.name === name)
              .map(({ labels, value }) => [labels["who"], value]),
          );
        // A double is written in full, but -0 as 0.
        expect(held("heat")).toEqual(new Map([...heats].map(([who, value]) => [who, value + 0])));
        expect(held("hits_total")).toEqual(hits);
      }),
      { numRuns: 50 },
    );
  });

  it.each(formats)("finds the cumulative buckets, sum and count of a histogram (%s)", async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 }), async (values) => {
        const registry = registryOf(format);
        const buckets = [0.5, 5, 10];
        const histogram = new Histogram({ name: "took", help: "h", buckets, registers: [registry] });
        for (const value of values) histogram.observe(value);
        const atMost = (border: number) => values.filter((value) => value <= border).length;
        expect(
          parse(await registry.metrics(), format).map(({ name, labels, value }) => [name, labels, value]),
        ).toEqual([
          ["took_bucket", { le: "0.5" }, atMost(0.5)],
          ["took_bucket", { le: "5.0" }, atMost(5)],
          ["took_bucket", { le: "10.0" }, atMost(10)],
          ["took_bucket", { le: "+Inf" }, values.length],
          ["took_sum", {}, values.reduce((sum, value) => sum + value, 0)],
          ["took_count", {}, values.length],
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it.each(formats)(
    "spells the quantiles of a summary alike and reads NaN and infinities (%s)",
    async (format) => {
      const registry = registryOf(format);
      const summary = new Summary({ name: "took", help: "h", percentiles: [0.5, 1], registers: [registry] });
      summary.observe(3);
      const gauge = new Gauge({ name: "odd", help: "h", labelNames: ["is"], registers: [registry] });
      gauge.set({ is: "nan" }, Number.NaN);
      gauge.set({ is: "up" }, Number.POSITIVE_INFINITY);
      gauge.set({ is: "down" }, Number.NEGATIVE_INFINITY);
      expect(
        parse(await registry.metrics(), format).map(({ name, labels, value }) => [name, labels, value]),
      ).toEqual([
        ["took", { quantile: "0.5" }, 3],
        ["took", { quantile: "1.0" }, 3],
        ["took_sum", {}, 3],
        ["took_count", {}, 1],
        ["odd", { is: "nan" }, Number.NaN],
        ["odd", { is: "up" }, Number.POSITIVE_INFINITY],
        ["odd", { is: "down" }, Number.NEGATIVE_INFINITY],
      ]);
    },
  );

  it("passes over exemplars", async () => {
    const registry = registryOf("openmetrics");
    const histogram = new Histogram({
      name: "took",
      help: "h",
      buckets: [1],
      enableExemplars: true,
      registers: [registry],
    });
    histogram.observe({ value: 0.7, exemplarLabels: { trace_id: 'a"b\\ # {} 1' } });
    const text = await registry.metrics();
    expect(text).toContain(" # {trace_id=");
    expect(parse(text, "openmetrics").map(({ name, value }) => [name, value])).toEqual([
      ["took_bucket", 1],
      ["took_bucket", 1],
      ["took_sum", 0.7],
      ["took_count", 1],
    ]);
  });
});

describe("parseExposition", () => {
  it.each([
    ["a 1\n", { name: "a", labels: {}, value: 1, time: null }],
    ["a{} 1\n", { name: "a", labels: {}, value: 1, time: null }],
    ["a 1 1395066363000\n", { name: "a", labels: {}, value: 1, time: 1_395_066_363_000 }],
    ["a +Inf -3982045\n", { name: "a", labels: {}, value: Number.POSITIVE_INFINITY, time: -3_982_045 }],
    ['\ta\t{ b = "c" , d="e", }\t1  \n', { name: "a", labels: { b: "c", d: "e" }, value: 1, time: null }],
    ['a{b="c"}1\n', { name: "a", labels: { b: "c" }, value: 1, time: null }],
    ['a:b{c="d"} 1\n', { name: "a:b", labels: { c: "d" }, value: 1, time: null }],
    [
      'a{b="C:\\\\DIR\\n\\"x\\" \\y"} 1\n',
      { name: "a", labels: { b: 'C:\\DIR\n"x" \\y' }, value: 1, time: null },
    ],
    ['a{b="",c="d"} 1\n', { name: "a", labels: { c: "d" }, value: 1, time: null }],
    ['a{b="},{ #"} 1\n', { name: "a", labels: { b: "},{ #" }, value: 1, time: null }],
    [
      '{"my.metric","my.label"="x",y="z"} 1\n',
      { name: "my.metric", labels: { "my.label": "x", y: "z" }, value: 1, time: null },
    ],
    ['{y="z","my.metric"} 1\n', { name: "my.metric", labels: { y: "z" }, value: 1, time: null }],
    [
      '#no comment of note\n# TYPE\n# HELP a\n\n  \na{b="\u{1f426}"} 1\n',
      { name: "a", labels: { b: "\u{1f426}" }, value: 1, time: null },
    ],
  ])("reads %j of text 0.0.4", (text, sample) => {
    expect(parse(text)).toEqual([sample]);
  });

  it.each([
    ["a 1\n# EOF\n", { name: "a", labels: {}, value: 1, time: null }],
    ["a 1\n# EOF", { name: "a", labels: {}, value: 1, time: null }],
    ["a 1 1520879607.789\n# EOF\n", { name: "a", labels: {}, value: 1, time: 1_520_879_607_789 }],
    [
      'a_total{b="c"} 1 # {t="u"} 0.5\n# EOF\n',
      { name: "a_total", labels: { b: "c" }, value: 1, time: null },
    ],
    ['a_total 1 2.5 # {t="u"} 0.5 1.5\n# EOF\n', { name: "a_total", labels: {}, value: 1, time: 2_500 }],
    ["a_total 1 # {} 0.5\n# EOF\n", { name: "a_total", labels: {}, value: 1, time: null }],
    [
      "# TYPE a counter\n# UNIT a \n# HELP a b\na_created 1.5e9\n# EOF\n",
      { name: "a_created", labels: {}, value: 1.5e9, time: null },
    ],
    ['{"my.metric",b="c"} 1\n# EOF\n', { name: "my.metric", labels: { b: "c" }, value: 1, time: null }],
  ])("reads %j of OpenMetrics", (text, sample) => {
    expect(parse(text, "openmetrics")).toEqual([sample]);
  });

  it("spells borders alike only where the family's type says that they are numbers", () => {
    const text = [
      "# TYPE h histogram",
      'h_bucket{le="5"} 1',
      'h_bucket{le="1e6"} 1',
      'h_bucket{le="odd"} 1',
      'h_count{le="5"} 1',
      '# TYPE "s.s" summary',
      '{"s.s",quantile="1"} 1',
      'other_bucket{le="5",quantile="1"} 1',
      "",
    ].join("\n");
    expect(parse(text).map(({ labels }) => labels)).toEqual([
      { le: "5.0" },
      { le: "1e+06" },
      { le: "odd" },
      { le: "5" },
      { quantile: "1.0" },
      { le: "5", quantile: "1" },
    ]);
  });

  it("says in which line a sample stood", () => {
    expect(parseExposition("# c\n\na 1\nb 2\n", "prometheus", limits).map(({ line }) => line)).toEqual([
      3, 4,
    ]);
  });

  it("takes an empty answer for no samples", () => {
    expect(parse("")).toEqual([]);
    expect(parse("# EOF\n", "openmetrics")).toEqual([]);
  });

  it.each([
    ["a", "wanted a value"],
    ["a one", 'wanted a value, met "one"'],
    ["a 1x", "wanted a value"],
    ["a 1 2 3", "wanted the end of the line"],
    ["a 1 2.5", "wanted a timestamp in milliseconds"],
    ["a 1 99999999999999999999", "wanted a timestamp in milliseconds"],
    ['a 1 # {t="u"} 1', "wanted a timestamp in milliseconds"],
    ["a 1\r", "wanted a value"],
    ["3a 1", "wanted the name of a metric"],
    ["my.metric 1", "wanted a value"],
    ["hello world foo", "wanted a value"],
    ["<html>", "wanted the name of a metric"],
    ['a{b="c" 1', 'wanted "," or "}"'],
    ['a{b="c"', 'wanted "," or "}"'],
    ['a{b="c" d="e"} 1', 'wanted "," or "}"'],
    ['a{b="c} 1', "no end to the quoted string"],
    ['a{b="c\\', "no end to the quoted string"],
    ["a{b=c} 1", "wanted a quoted string"],
    ['a{b"c"} 1', 'wanted "="'],
    ["a{,} 1", "wanted the name of a label"],
    ['a{3b="c"} 1', "wanted the name of a label"],
    ['a{b="c",b="d"} 1', "the label b comes twice"],
    ['a{__name__="c"} 1', "no name for a label"],
    ['a{__proto__="c"} 1', "no name for a label"],
    ['a{""="c"} 1', "no name for a label"],
    ['{b="c"} 1', "wanted the name of a metric"],
    ['{""} 1', "the name of the metric is empty or comes twice"],
    ['a{"b"} 1', "the metric is named twice"],
    ['{"a","b"} 1', "the name of the metric is empty or comes twice"],
    ["# TYPE a thing", "no type of metric"],
    ["# TYPE a info", "no type of metric"],
    ["# TYPE 3 counter", "wanted the name of a metric"],
    ["# TYPE a counter x", "wanted the end of the line"],
    [`a{${Array.from({ length: 65 }, (_, index) => `l${index}="x"`).join(",")}} 1`, "over 64 labels"],
    [`a{b="${"x".repeat(65_536)}"} 1`, "over the limit of 65536"],
  ])("fails the answer for %j in text 0.0.4, with the line", (line, reason) => {
    const error = failure(`ok 1\n${line}\nok 2\n`);
    expect(error).toMatchObject({ code: "source-unavailable", message: expect.stringContaining(reason) });
    expect(error).toMatchObject({ message: expect.stringMatching(/^line 2: /) });
  });

  it.each([
    ["a  1", "wanted a value"],
    ["a\t1", 'wanted " "'],
    ['a{b="c"}1', 'wanted " "'],
    ['a{ b="c"} 1', "wanted the name of a label"],
    ["a 1 ", "wanted a timestamp"],
    ["a 1 NaN", "a timestamp of NaN"],
    [" a 1", "wanted the name of a metric"],
    ["", "wanted the name of a metric"],
    ["# free comment", "a comment that is no"],
    ["#EOF", "a comment that is no"],
    ["# EOFF", "wanted the end of the line"],
    ["# TYPE a untyped", "no type of metric"],
    ['a 1 # {t="u"}', 'wanted " "'],
    ['a 1 # {t="u"} x', "wanted the value of the exemplar"],
    ['a 1 # {"t"} 1', "an exemplar has no name"],
    ['a 1 # {t="u"} 1 2 3', "wanted the end of the line"],
    ["# EOF\na 1", "nothing may follow"],
  ])("fails the answer for %j in OpenMetrics", (line, reason) => {
    const error = failure(`ok 1\n${line}\n# EOF\n`, "openmetrics");
    expect(error).toMatchObject({ code: "source-unavailable", message: expect.stringContaining(reason) });
    expect(error).toMatchObject({ message: expect.stringMatching(/^line [23]: /) });
  });

  it("fails an answer that was cut anywhere", () => {
    const text = 'a 10\nb{c="d"} 20\n';
    for (let length = 1; length < text.length; length += 1) {
      const isWholeLines = text[length - 1] === "\n";
      expect(failure(text.slice(0, length)) === null).toBe(isWholeLines);
      expect(failure(text.slice(0, length), "openmetrics")).toMatchObject({ code: "source-unavailable" });
    }
  });

  it("fails an answer with more samples than allowed", () => {
    const text = "a 1\n".repeat(1_001);
    expect(failure(text)).toMatchObject({ message: "line 1001: over 1000 samples" });
  });

  it("is over at once with a long string of escapes", () => {
    const evil = `a{b="${"\\\\".repeat(2_000_000)}\n`;
    const lenient = { ...limits, maxLineLength: evil.length };
    expect(() => parseExposition(evil, "prometheus", lenient)).toThrow("no end to the quoted string");
  });

  const anyLabels = fc.dictionary(
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter((name) => !name.startsWith("__")),
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
    { maxKeys: 4, noNullPrototype: true },
  );
  const anySample = fc.record({
    name: fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
    labels: anyLabels,
    value: fc.double().map((value) => value + 0),
  });

  it.each(formats)("reads back any name, labels and value (%s)", (format) => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 5 }), (samples) => {
        const text = writeExposition(samples, format);
        expect(parse(text, format)).toEqual(samples.map((sample) => ({ ...sample, time: null })));
      }),
    );
  });

  it.each(formats)("answers or says what is wrong, whatever it is given (%s)", (format) => {
    const token = fc.constantFrom(
      ...'a b_total { } " \\ , = # 1 +Inf NaN 1e9 le # EOF # TYPE counter histogram'.split(" "),
      " ",
      "\n",
      "\t",
      '="',
      '{"',
      "\0",
    );
    const hostile = fc.oneof(
      fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join("")),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const error = failure(`${text}\n`, format);
        if (error !== null) {
          expect(error).toBeInstanceOf(CoalmineError);
          expect(error).toMatchObject({
            code: "source-unavailable",
            message: expect.stringMatching(/^line \d+: ./),
          });
        }
      }),
      { numRuns: 2_000 },
    );
    expect(failure("\0\n", format)).toBeInstanceOf(CoalmineError);
  });
});

function registryOf(format: (typeof formats)[number]): Registry {
  const registry = new Registry();
  if (format === "openmetrics") {
    registry.setContentType(
      Registry.OPENMETRICS_CONTENT_TYPE as unknown as typeof Registry.PROMETHEUS_CONTENT_TYPE,
    );
  }
  return registry;
}

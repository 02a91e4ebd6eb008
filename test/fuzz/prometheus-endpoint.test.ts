/** What Prometheus' clients ask: the query, the parameters, and the spec that labels spell out. */
import express from "express";
import fc from "fast-check";
import { compileMatchers } from "../../src/adapters/prometheus/label-matching.ts";
import { durationOf, parametersOf, queryOf, timeOf } from "../../src/adapters/prometheus/parameters.ts";
import { parseQuery } from "../../src/adapters/prometheus/parse-query.ts";
import { timeGrid } from "../../src/adapters/prometheus/past-values.ts";
import { readQuestion } from "../../src/adapters/prometheus/read-question.ts";
import { pointAt } from "../../src/adapters/prometheus/write-answer.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { specDocuments } from "./support/specs.ts";

const pieces = [
  ...[
    "{",
    "}",
    "(",
    ")",
    ",",
    "=",
    "=~",
    "!=",
    '"',
    "'",
    "`",
    "\\",
    "+",
    "-",
    "1",
    ".",
    "e9",
    "0x",
    "# c\n",
    "Inf",
    "NaN",
  ],
  ...[
    "coalmine_score",
    "coalmine_verdict",
    "coalmine_evidence",
    "vector",
    'key="k"',
    'max_age="1m"',
    'spec_json="{}"',
    'error_limit="1%"',
  ],
];
const spelled =
  'coalmine_verdict{service="checkout",namespace="shop",telemetry="istio",canary_version="v2",baseline_version="v1",error_limit="0.5%"';
const queries = fc.oneof(
  fc.constantFrom(
    "1",
    " -0.5e3 ",
    "1+1+1",
    "vector(1)",
    "coalmine_score",
    'coalmine_score{service=~"a.*|b",phase!="done"}',
    'coalmine_evidence{key="k",metric="errors"}',
  ),
  fc
    .constantFrom(
      "}",
      ',duration="20m"}',
      ',max_age="1m"}',
      ',key="k",metrics="errors"}',
      ',latency_limit="500ms",quantile="0.95"}',
    )
    .map((end) => spelled + end),
  specDocuments.map((document) => `coalmine_verdict{spec_json=${JSON.stringify(JSON.stringify(document))}}`),
);

fuzzParser({
  name: "parseQuery and readQuestion",
  inputs: damagedText(queries, { pieces, longest: 8_192 }),
  reaches: ["read", "invalid-spec"],
  read(text) {
    const query = parseQuery(text);
    if (query.kind !== "series") return pointAt(0, query.value);
    const question = readQuestion(query.metric, query.matchers);
    return compileMatchers(question.matchers)({ service: "checkout", metric: "errors" });
  },
});

fuzzParser({
  name: "compileMatchers (patterns of labels)",
  inputs: damagedText(
    fc.constantFrom("a.*|b", "[a-z]+(?i:x)\\d{2,5}", "(a+)+$", "\\pL{1,100}", "(?:(?:a{10}){10}){10}"),
    {
      pieces: [
        "(",
        ")",
        "[",
        "]",
        "*",
        "+",
        "?",
        "{1,100}",
        "{1000}",
        "|",
        "\\",
        "\\p{Greek}",
        "(?i)",
        "^",
        "$",
        ".",
      ],
      longest: 2_000,
    },
  ),
  reaches: ["read", "invalid-request"],
  read(value) {
    const matches = compileMatchers([{ label: "service", op: "=~", value }]);
    return matches({ service: "a".repeat(200) });
  },
});

const times = fc.constantFrom(
  "1795262400",
  "1795262400.123",
  "2026-11-21T12:00:00Z",
  "2026-11-21T12:00:00.5+01:00",
  "-1e3",
);
const spans = fc.constantFrom("15s", "1m30s", "60", "0.5", "1h");
const timePieces = ["T", "Z", ":", ".", "e", "E9", "+", "-", "9", "s", "ms", "d"];
/** Larger than Node takes a header for: the form of a POST is 64 KiB at most. */
const value = (valid: fc.Arbitrary<string>) =>
  damagedText(valid, { pieces: timePieces, longest: 65_000, intact: 85 });

fuzzParser({
  name: "the parameters of a query",
  inputs: fc.record({
    query: fc.oneof({ weight: 30, arbitrary: value(fc.constant("1")) }, fc.constant("1".repeat(9_000))),
    time: value(times),
    start: value(times),
    end: value(times),
    step: value(spans),
    timeout: value(spans),
    inUrl: fc.boolean(),
  }),
  reaches: ["read", "invalid-request", "too-large"],
  read({ inUrl, ...given }) {
    const form = new URLSearchParams(given).toString();
    const request = Object.create(express.request);
    const parameters = parametersOf(
      Object.assign(
        request,
        inUrl ? { body: {}, originalUrl: `/q?${form}` } : { body: form, originalUrl: "/q" },
      ),
    );
    queryOf(parameters);
    timeOf(parameters, "time");
    durationOf(parameters, "timeout");
    const [start, end, step] = [
      timeOf(parameters, "start"),
      timeOf(parameters, "end"),
      durationOf(parameters, "step"),
    ];
    if (start === null || end === null || step === null) return;
    for (const at of timeGrid(start, end, step))
      if (!Number.isFinite(at)) throw new Error(`a time of the grid is ${at}`);
  },
});

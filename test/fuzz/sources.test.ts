/** What a Prometheus answers, what a metrics endpoint exposes, and the settings of both. */
import fc from "fast-check";
import { FailedTry } from "../../src/sources/prometheus/failed-try.ts";
import { parseGoFloat } from "../../src/sources/prometheus/go-float.ts";
import { interpretAnswer } from "../../src/sources/prometheus/interpret-answer.ts";
import { mergeReplicas } from "../../src/sources/prometheus/merge-replicas.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import { readMatrix } from "../../src/sources/prometheus/read-matrix.ts";
import { parseExposition } from "../../src/sources/scrape/exposition.ts";
import { parseFloatText } from "../../src/sources/scrape/float-text.ts";
import { scrapeSourceSettings } from "../../src/sources/scrape/scrape-settings.ts";
import { SeriesMemory } from "../../src/sources/scrape/series-memory.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";

const isFailedTry = (thrown: unknown) => (thrown instanceof FailedTry ? "failed try" : null);

const at = 1_795_262_400;
const sampleValue = fc.constantFrom("1", "0.5", "NaN", "+Inf", "-Inf", "1e+06", "4503599627370497");
const samples = fc
  .array(sampleValue, { maxLength: 4 })
  .map((values) => values.map((value, index) => [at + 15 * index + 0.123, value]));
const histogram = fc.constant({
  count: "6",
  sum: "3.5",
  buckets: [
    [1, "-1", "0", "2"],
    [0, "0.5", "+Inf", "4"],
  ],
});
const labels = fc.record({
  __name__: fc.constant("requests_total"),
  pod: fc.constantFrom("a-1", "b-2"),
  prometheus_replica: fc.constantFrom("a", "b"),
});
const series = fc.record(
  { metric: labels, values: samples, histograms: histogram.map((one) => [[at, one]]) },
  { requiredKeys: ["metric"] },
);
const successes = fc.record(
  {
    status: fc.constant("success"),
    data: fc.record({ resultType: fc.constant("matrix"), result: fc.array(series, { maxLength: 3 }) }),
    warnings: fc.constant(["w"]),
    isPartial: fc.boolean(),
  },
  { requiredKeys: ["status", "data"] },
);
const errors = fc.record({
  status: fc.constant("error"),
  errorType: fc.constantFrom("bad_data", "timeout", "execution"),
  error: fc.constantFrom("parse error", "code = Unavailable"),
});
const answers = fc.tuple(
  fc.constantFrom(200, 200, 200, 400, 401, 422, 429, 503),
  fc.oneof(
    { weight: 4, arbitrary: damagedJson(successes) },
    damagedJson(errors),
    damagedText(
      successes.map((body) => JSON.stringify(body)),
      { pieces: ['"values":[[', "[", "]", ",", '"', "{", "}", "1795262400", "e", "\\"], longest: 100_000 },
    ),
  ),
  damagedText(fc.constantFrom("5", "Wed, 21 Oct 2026 07:28:00 GMT", ""), {
    pieces: ["9", " ", "GMT"],
    longest: 8_192,
  }),
);

fuzzParser({
  name: "answers of a Prometheus",
  inputs: answers,
  reaches: ["read", "failed try", "query-rejected"],
  isRefusal: isFailedTry,
  isOneLine: true,
  read([status, body, retryAfter]) {
    const headers = { retryAfter, date: "", contentType: "application/json", contentEncoding: "" };
    const { result, lists, warnings } = interpretAnswer(
      { status, headers, body: Buffer.from(body) },
      at * 1_000,
    );
    const read = mergeReplicas(readMatrix(result, lists, { from: 0, to: 2 * at * 1_000 }), [
      "prometheus_replica",
    ]);
    for (const { times, values } of read) {
      if (
        times.length !== values.length ||
        times.some((time, index) => time <= (times[index - 1] ?? Number.NEGATIVE_INFINITY))
      )
        throw new Error("samples that are out of order");
    }
    for (const warning of warnings)
      if (/[\n\r]/.test(warning) || warning.length > 400) throw new Error("a warning of several lines");
  },
});

const expositions = [
  'a_total 5\n# TYPE b histogram\nb_bucket{le="0.5"} 1 1795262400000\nb_bucket{le="+Inf"} 2\nb_sum 1e3\n',
  '# HELP a text \\n\n# TYPE s summary\ns{quantile="0.99",x="\\"\\\\\\n"} NaN\n{"my.metric",y="z"} +Inf\n',
  '# TYPE a counter\na_total{b="c"} 5 1795262400.5 # {trace="1"} 1 2\n# EOF\n',
];
const expositionPieces = [
  "{",
  "}",
  '"',
  "\\",
  ",",
  "=",
  " ",
  "\n",
  "#",
  "# TYPE a histogram\n",
  "# EOF",
  " # {",
  '{le="',
  "1e999",
  "0x1",
  "Nan",
  "9".repeat(60),
];
const limits = { maxLineLength: 65_536, maxLabels: 64, maxSamples: 1_000 };

fuzzParser({
  name: "parseExposition",
  inputs: fc.tuple(
    damagedText(fc.constantFrom(...expositions), { pieces: expositionPieces, longest: 65_000 }),
    fc.constantFrom("prometheus" as const, "openmetrics" as const),
  ),
  reaches: ["read", "source-unavailable", "too-large"],
  isOneLine: true,
  read([text, format]) {
    const read = parseExposition(text, format, limits);
    for (const { time } of read)
      if (time !== null && !Number.isSafeInteger(time)) throw new Error(`a sample at ${time}`);
    new SeriesMemory({ pod: "a", instance: "b" }, 4).addScrape(read, ({ time }) => time ?? 0, 3);
  },
});

const numbers = damagedText(fc.constantFrom("1", "-0.5", "1e+06", "+Inf", "NaN", ".5", "5."), {
  pieces: ["e", "E", "+", "-", ".", "_", "0x", "inf", "9"],
  longest: 65_000,
});
fuzzParser({
  name: "numbers of an exposition and of Go",
  inputs: numbers,
  reaches: ["read"],
  read: (text) => [parseFloatText(text), parseGoFloat(text)],
});

const secret = "s3cr3t-of-the-source";
const prometheusSettings = fc.record(
  {
    url: fc.constantFrom("http://prometheus:9090", "https://mimir/prometheus"),
    auth: fc.constantFrom<unknown>(
      { kind: "none" },
      { kind: "bearer", token: secret },
      { kind: "basic", username: "me", passwordFile: "/p" },
      { kind: "basic", username: "me", password: secret },
    ),
    headers: fc.constantFrom<unknown>({ "X-Scope-OrgID": "a" }, { "X-Key": secret }),
    tls: fc.constantFrom<unknown>({ caFile: "/ca" }, { certFile: "/c", keyFile: "/k" }),
    timeoutMs: fc.constant(1_000),
    replicaLabels: fc.constant(["replica"]),
    method: fc.constantFrom("POST", "GET"),
  },
  { requiredKeys: ["url"] },
);
const scrapeSettings = fc.record(
  {
    targets: fc.constantFrom<unknown>(
      ["http://10.0.0.1:8080"],
      [{ url: "http://a/metrics", labels: { pod: "a" } }],
    ),
    interval: fc.constantFrom<unknown>("5s", 5),
    retention: fc.constant("15m"),
    honourTimestamps: fc.boolean(),
  },
  { requiredKeys: ["targets"] },
);
const settingsOf = [prometheusSourceSettings, scrapeSourceSettings] as const;
fuzzParser({
  name: "the settings of sources",
  inputs: fc.oneof(
    fc.tuple(fc.constant(0 as const), damagedValue(prometheusSettings, { borrows: false })),
    fc.tuple(fc.constant(1 as const), damagedValue(scrapeSettings)),
  ),
  reaches: ["read"],
  read([which, input]) {
    const read = settingsOf[which].safeParse(input);
    for (const { message } of read.error?.issues ?? [])
      if (message.includes(secret)) throw new Error("a problem tells a secret");
  },
});

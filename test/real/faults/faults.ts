/** What can go wrong between the source and its Prometheus, and what a person is told of each. */
import { gzipSync } from "node:zlib";
import * as z from "zod";
import type { Fault } from "../../support/fault-proxy.ts";

export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
  /** In the reason, when it lasts. */
  readonly words: RegExp;
  /** Of the source. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Far above what an answer takes, far below the faults' own times. */
const impatient = { timeoutMs: 1_000 };
const timedOut = /no whole answer within 1s/;
const gateway = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
const html = { "content-type": "text/html" };

/** Each ends the look that meets it. */
export const breakingFaults: readonly NamedFault[] = [
  {
    name: "an answer after the timeout",
    fault: { kind: "late", ms: 60_000 },
    words: timedOut,
    settings: impatient,
  },
  { name: "no answer", fault: { kind: "silent" }, words: timedOut, settings: impatient },
  {
    name: "a byte at a time",
    fault: { kind: "trickle", everyMs: 300 },
    words: timedOut,
    settings: impatient,
  },
  { name: "a reset before the answer", fault: { kind: "reset" }, words: /ECONNRESET/ },
  { name: "a reset in the answer", fault: { kind: "resetInBody" }, words: /ECONNRESET/ },
  { name: "half of what was announced", fault: { kind: "half" }, words: /the connection was cut/ },
  { name: "half an answer, ended well", fault: { kind: "truncated" }, words: /JSON that is cut short/ },
  { name: "a 500", fault: answer(500, "disk on fire"), words: /HTTP status 500/ },
  { name: "a balancer's 502", fault: answer(502, gateway, html), words: /HTTP status 502(?!.*<)/ },
  { name: "a 503", fault: answer(503, ""), words: /HTTP status 503/ },
  {
    name: "a 503 with Retry-After",
    fault: answer(503, "", { "retry-after": "30" }),
    words: /HTTP status 503/,
  },
  { name: "a 429", fault: answer(429, "slow down", { "retry-after": "1" }), words: /HTTP status 429/ },
  { name: "a page with 200", fault: answer(200, gateway, html), words: /not JSON but text\/html/ },
  { name: "nothing with 200", fault: answer(200, ""), words: /nothing, which is not JSON/ },
  {
    name: "an answer compressed unasked",
    fault: { kind: "gzip" },
    words: /encoded as gzip, which was not asked for/,
  },
  {
    name: "a small page that unpacks to a big one",
    fault: answer(200, bomb(), { "content-encoding": "gzip" }),
    words: /encoded as gzip/,
  },
  {
    name: "an object that is no result",
    fault: answer(200, '{"status":"ok"}'),
    words: /JSON that is no query result/,
  },
  {
    name: "data of another type",
    fault: changed(({ data }) => ({ status: "success", data: { ...data, resultType: "vector" } })),
    words: /a vector where a matrix was asked for/,
  },
  {
    name: "values that are no numbers",
    fault: everySample(([time]) => [time, "many"]),
    words: /a value that is no number/,
  },
  {
    name: "values that are not text",
    fault: everySample(([time, value]) => [time, Number(value)]),
    words: /a value that is no number in text/,
  },
  {
    name: "an answer that says it lacks a store, and the errors in it",
    fault: changed(({ data, ...rest }) => {
      const result = data.result.filter(({ metric }) => metric["status"] !== "500");
      return { ...rest, warnings: ["store 10.0.0.1 is away"], data: { ...data, result } };
    }),
    words: /its answer is not whole \(store 10\.0\.0\.1 is away\)/,
  },
  {
    name: "times in milliseconds",
    fault: everySample(([time, value]) => [time * 1_000, value]),
    words: /stamped .* ahead of this machine.s clock.*or its times are not in seconds/,
  },
];

/** One that no look ends by, and no count changes by. */
export interface HarmlessFault {
  readonly name: string;
  readonly fault: Fault;
}

export const harmlessFaults: readonly HarmlessFault[] = [
  { name: "answers that are late but in time", fault: { kind: "late", ms: 100 } },
  {
    name: "samples out of order",
    fault: everySeries((series) => [{ ...series, values: series.values?.toReversed() }]),
  },
  {
    name: "every sample twice",
    fault: everySeries((series) => [{ ...series, values: series.values?.flatMap((one) => [one, one]) }]),
  },
  { name: "every series twice", fault: everySeries((series) => [series, series]) },
];

const answerSchema = z.looseObject({
  data: z.looseObject({
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])).optional(),
      }),
    ),
  }),
});
type Answer = z.infer<typeof answerSchema>;
type Series = Answer["data"]["result"][number];

/** What `change` makes of a whole answer. */
export function changed(change: (answer: Answer) => unknown): Fault {
  return { kind: "change", change: (json) => JSON.stringify(change(answerSchema.parse(JSON.parse(json)))) };
}

/** What `change` makes of each series. */
function everySeries(change: (series: Series) => readonly unknown[]): Fault {
  return changed(({ data, ...rest }) => ({
    ...rest,
    data: { ...data, result: data.result.flatMap(change) },
  }));
}

export function answer(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return { kind: "answer", status, body, headers };
}

function everySample(change: (sample: readonly [number, string]) => readonly unknown[]): Fault {
  return everySeries((series) => [{ ...series, values: series.values?.map(change) }]);
}

function bomb(): Uint8Array {
  return gzipSync(Buffer.alloc(32 * 1024 * 1024));
}

/** What comes with a request before any route: its body, its login, and what the judge and the lists are asked. */
import express from "express";
import fc from "fast-check";
import { problemDocument } from "../../src/adapters/http/problem.ts";
import { bodyOf } from "../../src/adapters/http/request-body.ts";
import { secretOf } from "../../src/adapters/http/secret-of.ts";
import { keySchema, listSchema, readRequest } from "../../src/adapters/rest/request-schemas.ts";
import { gateWordSchema } from "../../src/analysis/gates/gate-documents.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { anyJson, anyText } from "./support/hostile.ts";
import { readGivenRequest } from "./support/judge-given.ts";
import { specDocuments } from "./support/specs.ts";

fuzzParser({
  name: "bodyOf (HTTP bodies)",
  inputs: fc.tuple(
    fc.oneof(
      fc.constantFrom("application/json", "application/yaml; charset=utf-8", "TEXT/YAML", ""),
      anyText(),
    ),
    fc.oneof(
      { weight: 9, arbitrary: damagedJson(specDocuments) },
      fc.constantFrom<unknown>(undefined, "", " ", {}),
    ),
  ),
  reaches: ["read", "invalid-request", "invalid-spec"],
  read([type, body]) {
    const request = Object.create(express.request);
    return bodyOf(Object.assign(request, { headers: { "content-type": type }, body }));
  },
});

const counts = fc.record({ total: fc.constantFrom(0, 100, 2 ** 53), bad: fc.constantFrom(0, 100) });
const both = fc.record({ canary: counts, baseline: fc.option(counts) }, { requiredKeys: ["canary"] });
const metricName = fc.constantFrom("errors", "refunds", "constructor", "toString");
const judgeRequests = fc.record(
  {
    spec: specDocuments,
    counts: both,
    ticks: fc.array(fc.record({ metrics: fc.dictionary(metricName, both, { minKeys: 1, maxKeys: 2 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    from: fc.constant("2026-01-31T12:00:00Z"),
    to: fc.constant("2026-01-31T12:30:00+01:00"),
  },
  { requiredKeys: ["spec"] },
);
const countedSpec = {
  service: "checkout",
  namespace: "shop",
  telemetry: "istio",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
};
/** One metric of a name that objects have by themselves, and counts for it. */
const countedRequests = fc
  .tuple(metricName, counts, counts, fc.boolean())
  .map(([name, canary, baseline, isTick]) => ({
    spec: { ...countedSpec, metrics: [{ name, kind: "errors" }] },
    ...(isTick
      ? { ticks: [{ metrics: { [name]: { canary, baseline } } }] }
      : { counts: { canary, baseline } }),
  }));

fuzzParser({
  name: "readJudgeRequest and the counts in it",
  inputs: damagedValue(fc.oneof(judgeRequests, countedRequests)),
  reaches: ["read", "invalid-spec", "invalid-request"],
  read: readGivenRequest,
});

const flat = fc.dictionary(
  fc.constantFrom("service", "namespace", "phase", "limit", "x", "__proto__"),
  fc.oneof(fc.constantFrom<unknown>("running", "10", ["a", "b"]), anyText(), anyJson),
  { maxKeys: 4 },
);

fuzzParser({
  name: "the query of GET /v1/analyses",
  inputs: flat,
  reaches: ["read", "invalid-request"],
  read: (query) => readRequest(listSchema, query, "the query"),
});
fuzzParser({
  name: "the key of PUT /v1/analyses/{id}",
  inputs: damagedText(fc.constantFrom("team/checkout@v2", "a"), {
    pieces: ["/", "@", "%2F", "a"],
    longest: 20_000,
  }),
  reaches: ["read", "invalid-request"],
  read: (key) => readRequest(keySchema, key, "the key"),
});
fuzzParser({
  name: "the body of POST /v1/gates",
  inputs: damagedValue(
    fc.record(
      {
        namespace: fc.constant("shop"),
        canary: fc.constant("checkout"),
        state: fc.constantFrom("open", "closed"),
        hook: fc.constantFrom("rollout", null),
        revision: fc.constant("85d557f47b"),
        by: fc.constant("me"),
      },
      { requiredKeys: ["namespace", "canary", "state"] },
    ),
  ),
  reaches: ["read", "invalid-request"],
  read: (body) => readRequest(gateWordSchema, body, "the body"),
});

const secret = "s3cr3t-of-the-shop";
const encoded = (text: string) => Buffer.from(text).toString("base64");
fuzzParser({
  name: "secretOf",
  inputs: damagedText(
    fc.constantFrom(`Bearer ${secret}`, `Basic ${encoded(`me:${secret}`)}`, `basic ${encoded(`${secret}:`)}`),
    { pieces: ["Bearer ", "Basic ", " ", "=", ":", ","], longest: 16_384 },
  ),
  reaches: ["read"],
  read(authorization) {
    const found = secretOf({ authorization });
    if (found === "") throw new Error("an empty secret");
    const isToken = found !== null && /^[\x21-\x7e]+$/.test(found);
    if (isToken && secretOf({ authorization: `Bearer ${found}` }) !== found)
      throw new Error("the secret is another one as a Bearer token");
  },
});

fuzzParser({
  name: "problemDocument of whatever was thrown",
  inputs: fc.oneof(
    anyJson,
    fc
      .tuple(anyText(), anyJson)
      .map(([message, status]) => Object.assign(new Error(message), { status, limit: status })),
  ),
  reaches: ["read"],
  read: (thrown) => JSON.stringify(problemDocument(thrown)),
});

/** Messages of gRPC, from their bytes on: what cannot be decoded, and what is decoded and means nothing. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AnalysisService } from "../../src/adapters/grpc/messages.ts";
import { writeStruct } from "../../src/adapters/grpc/struct.ts";
import { encodeRequest } from "../adapters/grpc/serve-grpc.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { answerCall, methods } from "./support/grpc-call.ts";
import { anyText } from "./support/hostile.ts";
import { type DamagedBytesOptions, damagedBytes, lengthDelimited, nested } from "./support/protobuf-bytes.ts";
import { specDocuments } from "./support/specs.ts";
import { yamlTexts } from "./support/yaml-texts.ts";

const longest = 64 * 1024;
/** Value.struct_value or list_value of another Value; Struct.fields is a map, so its entries stand between. */
const nestsByStruct = [1, 2, 5] as const;
const nestsByList = [1, 6] as const;

type Given = Readonly<Record<string, unknown>>;

/** What a client's encoder takes, which is more than what the server's decoder gives. */
function encoded(name: keyof AnalysisService, requests: fc.Arbitrary<Given>): fc.Arbitrary<Buffer> {
  return requests.map((request) => encodeRequest(name, request));
}

/** As a client sends it; empty where it nests deeper than an encoder goes, for which {@link deepForms} are. */
function structOf(document: Readonly<Record<string, unknown>>): Given {
  try {
    const spec = writeStruct(document);
    encodeRequest("Start", { spec });
    return { spec };
  } catch {
    return { spec: {} };
  }
}

const documents = damagedValue(specDocuments).filter(
  (document): document is Record<string, unknown> =>
    typeof document === "object" && document !== null && !Array.isArray(document),
);
const specForms: fc.Arbitrary<Given> = fc.oneof(
  { weight: 3, arbitrary: specDocuments.map(structOf) },
  { weight: 3, arbitrary: documents.map(structOf) },
  { weight: 1, arbitrary: yamlTexts(specDocuments).map((specText) => ({ specText })) },
  { weight: 1, arbitrary: damagedJson(specDocuments).map((specText) => ({ specText })) },
  fc.constant({}),
);
const keys = fc.oneof(
  fc.constant({}),
  fc.constant({ key: "shop/checkout:1" }),
  fc.record({ key: anyText() }),
);
const ids = fc.record({
  id: fc.oneof({ weight: 3, arbitrary: fc.constant("shop/checkout:1") }, anyText(300)),
});
const lists = fc.record(
  {
    service: fc.oneof(fc.constant("checkout"), anyText(300)),
    namespace: fc.oneof(fc.constant("shop"), anyText(300)),
    phase: fc.constantFrom<unknown>("PHASE_RUNNING", "PHASE_DONE", 0, 7, -1),
    limit: fc.constantFrom(1, 1_000, 1_001, 0, 2 ** 32 - 1),
  },
  { requiredKeys: [] },
);

const counts = fc.record({
  total: fc.constantFrom<unknown>(900, 0, "9007199254740993", "18446744073709551615"),
  bad: fc.constantFrom(9, 0, 1_000),
});
const both = fc.record({ canary: counts, baseline: counts }, { requiredKeys: ["canary"] });
const moments = fc.record({
  seconds: fc.constantFrom<unknown>(1_767_225_600, 0, -1, "9223372036854775807"),
  nanos: fc.constantFrom(0, 999_999_999, -1, 2 ** 31 - 1),
});
const metricName = fc.constantFrom("errors", "refunds", "constructor", "__proto__", "", "m".repeat(300));
const judged = fc.oneof(
  both.map((given) => ({ counts: given })),
  fc
    .array(fc.dictionary(metricName, both, { maxKeys: 2 }), { maxLength: 3 })
    .map((ticks) => ({ ticks: { ticks: ticks.map((metrics) => ({ metrics })) } })),
  // All of them wrong: more problems than a status has room for.
  fc.constantFrom(10, 100, 1_440).map((length) => ({
    ticks: {
      ticks: Array.from({ length }, () => ({ metrics: { ["m".repeat(253)]: { canary: { bad: 1 } } } })),
    },
  })),
  fc.record({ window: fc.record({ from: moments, to: moments }, { requiredKeys: [] }) }),
  fc.constant({}),
);
const judgedSpecs = fc.oneof(
  { weight: 2, arbitrary: specForms },
  fc.constant({
    spec: writeStruct({
      ...{ service: "checkout", namespace: "shop", telemetry: "istio" },
      cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
      metrics: [{ name: "errors", kind: "errors" }],
    }),
  }),
);

interface Fuzzed {
  readonly right: fc.Arbitrary<Buffer>;
  readonly nestsBy: DamagedBytesOptions["nestsBy"];
  readonly reaches: readonly string[];
}

const fuzzed: { readonly [Name in keyof AnalysisService]: Fuzzed } = {
  Start: {
    right: encoded(
      "Start",
      fc.tuple(specForms, keys).map(([form, key]) => ({ ...form, ...key })),
    ),
    nestsBy: nestsByStruct,
    reaches: ["read", "invalid-spec", "invalid-request"],
  },
  Get: { right: encoded("Get", ids), nestsBy: [15], reaches: ["read", "invalid-request"] },
  List: { right: encoded("List", lists), nestsBy: [15], reaches: ["read", "invalid-request"] },
  Cancel: { right: encoded("Cancel", ids), nestsBy: [1], reaches: ["read", "invalid-request"] },
  Watch: { right: encoded("Watch", ids), nestsBy: [1], reaches: ["read", "invalid-request"] },
  Judge: {
    right: encoded(
      "Judge",
      fc.tuple(judgedSpecs, judged).map(([form, given]) => ({ ...form, ...given })),
    ),
    nestsBy: nestsByList,
    reaches: ["read", "invalid-spec", "invalid-request"],
  },
};

for (const name of Object.keys(methods)) {
  if (isFuzzed(name)) fuzzMethod(name, fuzzed[name]);
}

it("knows every method that the server has", () => {
  expect(Object.keys(fuzzed).toSorted()).toEqual(Object.keys(methods).toSorted());
});

function isFuzzed(name: string): name is keyof AnalysisService {
  return Object.hasOwn(fuzzed, name);
}

function fuzzMethod(name: keyof AnalysisService, { right, nestsBy, reaches }: Fuzzed): void {
  fuzzParser({
    name: `${name} over gRPC`,
    inputs: damagedBytes(right, { longest, nestsBy }),
    reaches,
    read: (bytes) => answerCall(name, bytes),
  });
}

/** Structs and lists within each other, as deep as a spec's reader lets them be, and deeper than the decoder does. */
const deepForms = [1, 5, 20, 30, 45, 60, 99, 100, 500, 20_000].flatMap((levels) =>
  [nestsByStruct, nestsByList].flatMap((by) => {
    const value = nested(by === nestsByList ? [6, 1] : [5, 1, 2], levels);
    return ["service", "metrics"].map((key) => {
      const entry = [lengthDelimited(1, Buffer.from(key)), lengthDelimited(2, value)];
      return lengthDelimited(1, lengthDelimited(1, Buffer.concat(entry)));
    });
  }),
);
fuzzParser({
  name: "documents that nest, over gRPC",
  inputs: fc.constantFrom(...deepForms),
  reaches: ["invalid-spec", "invalid-request"],
  share: 5,
  read: (bytes) => answerCall("Start", bytes),
});

/** What Flagger sends and what stands in its metadata; what the cluster says of a Canary; and the one line of every answer. */
import fc from "fast-check";
import { readGateCall } from "../../src/adapters/flagger/gates/gate-call.ts";
import { type HookCall, hookTypes } from "../../src/adapters/flagger/hook-call.ts";
import { oneLine } from "../../src/adapters/flagger/http/one-line.ts";
import { parseCall } from "../../src/adapters/flagger/http/parse-call.ts";
import { parseCanaryReference } from "../../src/adapters/flagger/kubernetes/canary-reference.ts";
import { createChooseSpec } from "../../src/adapters/flagger/spec/choose-spec.ts";
import { inOneLine } from "../../src/base/format.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { anyText, longText } from "./support/hostile.ts";
import { specDocuments } from "./support/specs.ts";

const secret = "t0ken-that-nobody-may-see";
const values = {
  token: fc.constant(secret),
  hook: fc.constantFrom(...hookTypes),
  spec: fc.constant("strict"),
  duration: fc.constantFrom("10m", "1h"),
  threshold: fc.constantFrom("99.5", "99"),
  errorLimit: fc.constant("0.5%"),
  latencyLimit: fc.constant("500ms"),
  slower: fc.constant("2x"),
  telemetry: fc.constantFrom("istio", "linkerd", "flagger-istio"),
  telemetryReporter: fc.constant("source"),
  target: fc.constant("checkout"),
  canaryVersion: fc.constant("v2"),
  metrics: fc.constantFrom("errors", "errors,latency"),
  onInconclusive: fc.constantFrom("hold", "rollback"),
  holdTimeout: fc.constant("2h"),
  falseAlarm: fc.constant("1%"),
};
const metadata = fc.record(values, { requiredKeys: [] });
const payloads = fc.record(
  {
    name: fc.constant("checkout"),
    namespace: fc.constant("shop"),
    phase: fc.constant("Progressing"),
    checksum: fc.constant("85d557f47b"),
    metadata,
    newer: fc.constant({ a: 1 }),
  },
  { requiredKeys: ["name", "namespace", "phase", "checksum", "metadata"] },
);

fuzzParser({
  name: "parseCall (Flagger's webhooks)",
  inputs: fc.tuple(damagedJson(payloads), fc.constantFrom(null, ...hookTypes)),
  reaches: ["read", "invalid-request"],
  secret,
  isOneLine: true,
  read: ([body, hook]) => parseCall(body, hook),
});

const gateMetadata = fc.record(
  {
    hook: fc.constantFrom("rollout", "rollback", ""),
    revision: fc.constantFrom("this", ""),
    by: fc.constant("me"),
    token: fc.constant(secret),
    cmd: fc.constant("x"),
  },
  { requiredKeys: [] },
);
fuzzParser({
  name: "readGateCall (the load tester's gates)",
  inputs: damagedJson(
    payloads.chain((payload) => gateMetadata.map((said) => ({ ...payload, metadata: said }))),
  ),
  reaches: ["read", "invalid-request"],
  secret,
  isOneLine: true,
  read: readGateCall,
});

/** Words that go together, and one more of any. */
const sound = fc
  .tuple(
    fc.constantFrom<HookCall["metadata"]>(
      {},
      { spec: "strict", duration: "20m", onInconclusive: "rollback" },
      { threshold: "99.5", latencyLimit: "500ms", duration: "20m", token: secret },
      { telemetry: "istio", canaryVersion: "v2", baselineVersion: "v1", slower: "2x", metrics: "latency" },
      { target: "checkout", falseAlarm: "1%", holdTimeout: "2h" },
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, metadata),
  )
  .map(([said, more]): HookCall["metadata"] => ({ ...more, ...said }));
/** Each value of the metadata after changes to its text. */
const words = sound.chain((said) => {
  const damaged = Object.entries(said).map(([key, value]) => {
    const pieces = ["%", "x", "m", ",", " ", "9", "."];
    return fc.tuple(
      fc.constant(key),
      damagedText(fc.constant(value), { pieces, longest: 16_384, intact: 70 }),
    );
  });
  return fc.tuple(...damaged).map((entries): HookCall["metadata"] => Object.fromEntries(entries));
});

fuzzParser({
  name: "choosing the spec of a hook's metadata",
  inputs: fc.tuple(words, damagedValue(specDocuments)),
  reaches: ["read", "invalid-spec"],
  read([said, document]) {
    const choose = createChooseSpec({ specs: { find: async () => document } });
    const call: HookCall = {
      hook: "rollout",
      canary: { namespace: "shop", name: "checkout" },
      phase: "",
      checksum: "1",
      metadata: said,
    };
    return choose(call);
  },
});

fuzzParser({
  name: "parseCanaryReference",
  inputs: damagedJson(
    fc.constant({
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      metadata: { namespace: "shop", name: "checkout", uid: "1-2", resourceVersion: "7" },
      spec: {},
    }),
  ),
  reaches: ["read", "source-unavailable"],
  isOneLine: true,
  read: parseCanaryReference,
});

fuzzParser({
  name: "oneLine and inOneLine",
  inputs: fc.oneof(
    { weight: 30, arbitrary: anyText(3_000) },
    longText(200_000, [" ", "\n", ":\n ", ": ", "\r", "a: \n"]),
  ),
  reaches: ["read"],
  read(text) {
    if (/\n/.test(inOneLine(text))) throw new Error("inOneLine leaves a line break");
    const line = oneLine(text);
    if (Buffer.byteLength(line) > 1_024 || /[\p{Cc}\u2028\u2029]/u.test(line))
      throw new Error("not one line of 1 KiB");
  },
});

/** What a person types after `coalmine`, and what a server answers its gate commands. */
import fc from "fast-check";
import { applyFlags } from "../../src/adapters/cli/apply-flags.ts";
import { createGateClient } from "../../src/adapters/cli/gates/gate-client.ts";
import { readWindow } from "../../src/adapters/cli/window.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { specDocuments } from "./support/specs.ts";

const typed = (...valid: readonly [string, ...string[]]) =>
  damagedText(fc.constantFrom(...valid), {
    pieces: ["=", ",", "%", "p", ".", "9", "ms", " "],
    longest: 20_000,
    intact: 90,
  });

fuzzParser({
  name: "the flags of coalmine analyze over a spec",
  inputs: fc.tuple(
    damagedValue(specDocuments),
    fc.record(
      {
        service: typed("checkout"),
        telemetry: typed("istio"),
        canary: typed("version=v2", 'selector=a="b",c="d"'),
        baseline: typed("version=v1,workload=cart"),
        duration: typed("20m"),
        threshold: typed("99.5", "99.9%"),
        maxLatency: fc.array(typed("p99=500ms", "p99.9=1s"), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  ),
  reaches: ["read", "invalid-spec", "invalid-request"],
  read: ([document, flags]) => parseSpec(applyFlags(document, flags)),
});

const now = Date.UTC(2026, 10, 21);
const time = damagedText(
  fc.constantFrom("2026-11-20T12:00:00Z", "2026-11-20 12:00:00.5+01:00", "1763640000", "now", "-30m"),
  { pieces: ["-", "T", "Z", ":", "9", ".", "m"], longest: 20_000 },
);
fuzzParser({
  name: "--from and --to",
  inputs: fc.record({ from: time, to: time }, { requiredKeys: [] }),
  reaches: ["read", "invalid-request"],
  read(flags) {
    const window = readWindow(flags, now);
    for (const at of [window?.from ?? null, window?.to ?? null]) if (at !== null) new Date(at).toISOString();
  },
});

const secret = "s3cr3t-of-the-gates";
const gates = fc.constant({
  gates: [
    {
      namespace: "shop",
      canary: "checkout",
      hook: null,
      revision: null,
      state: "open",
      at: "2026-01-01T00:00:00Z",
      by: "me",
    },
  ],
});
const problems = fc.constant({ code: "forbidden", detail: "the token may not\u001b[2J" });
fuzzParser({
  name: "what a server answers coalmine gate",
  inputs: fc.tuple(
    fc.constantFrom(200, 302, 400, 403, 404, 503),
    fc.oneof(damagedJson(gates), damagedJson(problems)),
    fc.constantFrom(null, "http://elsewhere\t/"),
  ),
  reaches: ["read", "invalid-request", "source-unavailable", "forbidden"],
  secret,
  isOneLine: true,
  read([status, body, location]) {
    const answer = new Response(body, { status, headers: location === null ? {} : { location } });
    const client = createGateClient(
      { url: new URL("http://127.0.0.1:1"), token: secret },
      { fetch: async () => answer },
    );
    return client.list({});
  },
});

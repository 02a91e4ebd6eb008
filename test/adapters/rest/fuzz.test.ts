import fc from "fast-check";
import { expect, it } from "vitest";
import { specDocument } from "../../support/sample-record.ts";
import { serveRest } from "./serve-rest.ts";

const keys = [
  ...["service", "namespace", "telemetry", "source", "cohorts", "canary", "baseline", "version", "metrics"],
  ...[
    "kind",
    "name",
    "limit",
    "compare",
    "duration",
    "interval",
    "tick",
    "budget",
    "spec",
    "counts",
    "ticks",
  ],
  ...["total", "bad", "from", "to", "errors", "__proto__", "constructor", "toString"],
];
const scalar = fc.oneof(
  fc.constantFrom(
    "istio",
    "errors",
    "latency",
    "10m",
    "1.25x",
    "0.5%",
    "v1",
    "",
    "2026-01-01T00:00:00Z",
    null,
    true,
  ),
  fc.constantFrom(0, -1, 1, 1e308, 0.5, 2 ** 53),
  fc.string(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie("tree"), { maxKeys: 6 }),
  ),
}));
/** Specs that are nearly right, so that what lies behind the first check is reached too. */
const nearSpec = fc
  .dictionary(fc.constantFrom(...keys), tree, { maxKeys: 2 })
  .map((changes) => ({ ...specDocument, ...changes }));
const fitting = fc
  .tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 100_000 }))
  .map(([a, b]) => ({ total: Math.max(a, b), bad: Math.min(a, b) }));
const fittingJudge = fc
  .array(fc.record({ metrics: fc.record({ errors: fc.record({ canary: fitting, baseline: fitting }) }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((ticks) => ({ spec: specDocument, ticks }));
const count = fc.record({ total: fc.oneof(fc.nat(), scalar), bad: fc.oneof(fc.nat(), scalar) });
const nearJudge = fc.record(
  {
    spec: fc.oneof(nearSpec, fc.constant(specDocument)),
    counts: fc.record({ canary: count, baseline: fc.oneof(count, scalar) }),
    ticks: fc.array(fc.dictionary(fc.constantFrom("metrics", "x"), tree), { maxLength: 3 }),
  },
  { requiredKeys: ["spec"] },
);
const text = fc.oneof(
  fc.json(),
  tree.map((value) => JSON.stringify(value)),
  nearSpec.map((value) => JSON.stringify(value)),
  fc.constant(JSON.stringify(specDocument)),
  nearJudge.map((value) => JSON.stringify(value)),
  fittingJudge.map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary", maxLength: 300 }),
);

it("never answers a body with a 5xx", async () => {
  const server = await serveRest({ prepare: (run) => run.pass() });
  const route = fc.constantFrom("POST /v1/analyses", "PUT /v1/analyses/k", "POST /v1/judge");
  const type = fc.constantFrom("application/json", "application/yaml");
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(route, type, text, async (operation, contentType, body) => {
      const [method = "", path = ""] = operation.split(" ");
      const headers = { "content-type": contentType };
      const response = await server.ask(method, path, { body, headers });
      const answer = await response.text();
      statuses.add(response.status);
      expect(response.status, answer).toBeLessThan(500);
      expect(() => JSON.parse(answer)).not.toThrow();
    }),
    { numRuns: 400 },
  );
  expect(server.logger.errors).toEqual([]);
  // The specs that are nearly right do get through to the use cases.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 202, 400]));
});

it("never answers a path or a query with a 5xx", async () => {
  const server = await serveRest();
  const part = fc.oneof(
    fc.constantFrom("v1", "analyses", "judge", "cancel", "events", "..", "%00", "%"),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.webQueryParameters(), async (parts, query) => {
      const path = parts.map((one) => (one.startsWith("%") ? one : encodeURIComponent(one))).join("/");
      const response = await server.ask("GET", `/${path}?${query}`);
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
});

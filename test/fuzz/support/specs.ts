/** Specs as people write them, most of them right: what the fuzz of several parsers starts from. */
import fc from "fast-check";

const rate = fc.constantFrom("0.5%", 0.005, "1%", 0.01, "10%");
const margin = fc.constantFrom("1.25x", "2x + 0.5pp", 1.5, "0.5pp");
const selector = fc.constantFrom('version="v2"', '{zone=~"a|b",pod!=""}', 'a="b",');
const limit = fc.oneof(rate, fc.record({ atMost: rate, absolute: fc.constantFrom<unknown>(true, "false") }));
const compare = fc.record({ failAbove: margin, passBelow: margin }, { requiredKeys: [] });
const shared = {
  weight: fc.constantFrom<unknown>(1, 2, "0.5"),
  gate: fc.constant(true),
  canarySelector: selector,
  baselineSelector: selector,
};
const optional = { requiredKeys: ["name", "kind"] as ["name", "kind"] };
const metric = fc.oneof(
  fc.record(
    { name: fc.constantFrom("errors", "e2"), kind: fc.constant("errors"), ...shared, compare, limit },
    optional,
  ),
  fc.record(
    {
      name: fc.constant("p99"),
      kind: fc.constant("latency"),
      ...shared,
      quantile: fc.constant(0.99),
      compare,
      limit: fc.constantFrom("500ms", 0.25),
      slower: fc.constantFrom("2x", 1.5),
    },
    { requiredKeys: ["name", "kind", "quantile"] },
  ),
  fc.record(
    {
      name: fc.constantFrom("refunds", "constructor", "toString"),
      kind: fc.constant("ratio"),
      bad: fc.constant('refunds_total{outcome="failed"}'),
      total: fc.constant("refunds_total"),
      compare,
      limit,
    },
    { requiredKeys: ["name", "kind", "bad", "total"] },
  ),
  fc.record(
    {
      name: fc.constant("heap"),
      kind: fc.constant("gauge"),
      gate: fc.constant(false),
      query: fc.constant("heap_bytes"),
      aggregate: fc.constantFrom("mean", "max"),
      block: fc.constant("5m"),
    },
    { requiredKeys: ["name", "kind", "gate", "query"] },
  ),
  fc.record({
    name: fc.constant("ready"),
    kind: fc.constant("condition"),
    query: fc.constant('up{pod="a"} == 0'),
    for: fc.constant("5m"),
  }),
);
const telemetry = fc.oneof(
  fc.constantFrom<unknown>(
    "istio",
    "flagger-istio",
    "linkerd",
    "nginx",
    "http",
    "envoy",
    "traefik",
    "argo-istio-host",
  ),
  fc.record({ preset: fc.constant("istio"), reporter: fc.constantFrom("source", "destination") }),
);
const cohort = fc.oneof(
  fc.record({ version: fc.constantFrom("v1", "v2") }),
  fc.record({ workload: fc.constantFrom("checkout", "checkout-primary") }),
  fc.record({ hash: fc.constantFrom("85d557f47b", "6f7c8d9b5f"), workload: fc.constant("checkout") }),
  fc.record({ selector }),
);

/** A document of a spec; most parse. */
export const specDocuments: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    apiVersion: fc.constant("coalmine/v1"),
    kind: fc.constant("Analysis"),
    service: fc.constantFrom("checkout", "cart.shop"),
    namespace: fc.constant("shop"),
    telemetry,
    source: fc.constantFrom<unknown>("default", ["us-east", "eu-west"]),
    cohorts: fc.record({ canary: cohort, baseline: cohort }, { requiredKeys: ["canary"] }),
    metrics: fc.uniqueArray(metric, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    duration: fc.constantFrom<unknown>("10m", "1h30m", 1_800),
    interval: fc.constantFrom<unknown>("15s", 10),
    tick: fc.constantFrom("60s", "1m"),
    warmup: fc.constantFrom("3m", "0s"),
    budget: fc.record({ falseAlarm: rate, falsePass: rate }, { requiredKeys: [] }),
    pass: fc.constantFrom("atEnd", "early"),
    onDeadline: fc.constantFrom("passIfPowered", "inconclusive", "fail"),
    minCanaryRequests: fc.constantFrom<unknown>(100, "0"),
    sourceTimeout: fc.constant("10m"),
    dispersion: fc.constantFrom<unknown>("auto", 1, "2.5"),
    evidenceCap: fc.constantFrom<unknown>(2, "3"),
    outageChannel: fc.boolean(),
  },
  { requiredKeys: ["service", "namespace", "telemetry", "cohorts"] },
);

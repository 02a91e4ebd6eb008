import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../../src/analysis/spec/read-spec-text.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { problemsIn } from "./problems-in.ts";

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
const bare = { service: "checkout", namespace: "shop", telemetry: "istio", cohorts };
const canaryOnly = { ...bare, cohorts: { canary: { version: "v2" } } };
const compare = { failAbove: { ratio: 1.25, points: 0 }, passBelow: { ratio: 2, points: 0.005 } };

const problems = (input: unknown) => problemsIn(() => parseSpec(input));

describe("a bare spec", () => {
  it("is errors and latency, compared, with every default of the design", () => {
    const shared = { gate: true, weight: 1, compare, limit: null };
    expect(parseSpec(bare)).toEqual({
      service: "checkout",
      namespace: "shop",
      telemetry: { preset: "istio", options: {} },
      sources: ["default"],
      canary: { version: "v2" },
      baseline: { version: "v1" },
      metrics: [
        { ...shared, name: "errors", kind: "errors" },
        { ...shared, name: "latency", kind: "latency", quantile: null, slower: null },
      ],
      durationMs: 600_000,
      intervalMs: 15_000,
      tickMs: 60_000,
      warmupMs: 180_000,
      budget: { falseAlarm: 0.05, falsePass: 0.05 },
      pass: "atEnd",
      onDeadline: "passIfPowered",
      minCanaryRequests: 100,
      sourceTimeoutMs: 600_000,
      dispersion: 1,
      evidenceCap: 2,
      outageChannel: true,
    });
  });

  it("needs no cohorts where the preset knows them", () => {
    const { canary, baseline } = parseSpec({
      service: "checkout",
      namespace: "shop",
      telemetry: "flagger-istio",
    });
    expect({ canary, baseline }).toEqual({
      canary: { workload: "checkout" },
      baseline: { workload: "checkout-primary" },
    });
  });
});

describe("metrics", () => {
  it("reads every kind as the design's example writes it", () => {
    const text = `
metrics:
  - {name: errors, kind: errors, limit: 0.5%, compare: {failAbove: 1.5x, passBelow: 3x + 1pp}, weight: 2}
  - {name: p99, kind: latency, quantile: 0.99, limit: 500ms, compare: {}}
  - {name: p95, kind: latency, quantile: 0.95, slower: 2x}
  - {name: refunds, kind: ratio, bad: 'refunds_total{outcome="failed"}', total: 'refunds_total'}
  - {name: heap, kind: gauge, query: 'container_memory_working_set_bytes', aggregate: mean, gate: false}
  - {name: ready, kind: condition, query: 'kube_pod_status_ready{condition="false"} == 1', for: 5m}
`;
    const { metrics } = parseSpec({ ...bare, ...(readSpecText(text) as object) });
    const shared = { gate: true, weight: 1 };
    expect(metrics).toEqual([
      {
        name: "errors",
        kind: "errors",
        gate: true,
        weight: 2,
        limit: { atMost: 0.005, absolute: false },
        compare: { failAbove: { ratio: 1.5, points: 0 }, passBelow: { ratio: 3, points: 0.01 } },
      },
      {
        ...shared,
        name: "p99",
        kind: "latency",
        quantile: 0.99,
        limit: { atMostSeconds: 0.5, absolute: false },
        compare,
        slower: null,
      },
      { ...shared, name: "p95", kind: "latency", quantile: 0.95, limit: null, compare: null, slower: 2 },
      {
        ...shared,
        name: "refunds",
        kind: "ratio",
        bad: 'refunds_total{outcome="failed"}',
        total: "refunds_total",
        limit: null,
        compare,
      },
      {
        name: "heap",
        kind: "gauge",
        gate: false,
        weight: 1,
        query: "container_memory_working_set_bytes",
        aggregate: "mean",
        failAbove: 1.25,
        passBelow: 1.25,
        blockMs: 300_000,
      },
      {
        ...shared,
        name: "ready",
        kind: "condition",
        query: 'kube_pod_status_ready{condition="false"} == 1',
        forMs: 300_000,
      },
    ]);
  });

  it("compares what asks nothing, and only limits what asks for a limit", () => {
    const { metrics } = parseSpec({
      ...bare,
      metrics: [{ kind: "errors" }, { kind: "errors", name: "l", limit: "1%" }],
    });
    expect(metrics).toMatchObject([
      { compare, limit: null },
      { compare: null, limit: { atMost: 0.01 } },
    ]);
  });

  it("reads an absolute limit of a rate and of a latency", () => {
    const metrics = [
      { kind: "errors", limit: { atMost: "0.5%", absolute: "true" } },
      { kind: "latency", quantile: "99%", limit: { atMost: 0.25, absolute: true } },
    ];
    expect(parseSpec({ ...bare, metrics }).metrics).toMatchObject([
      { limit: { atMost: 0.005, absolute: true } },
      { quantile: 0.99, limit: { atMostSeconds: 0.25, absolute: true } },
    ]);
  });

  it("calls a metric by its kind, and refuses a name that is taken", () => {
    const metrics = [{ kind: "errors" }, { kind: "latency" }, { kind: "latency" }];
    expect(problems({ ...bare, metrics })).toEqual([
      "metrics.2.name: `latency` is the name of metrics.1 too; give it another",
    ]);
  });
});

describe("values as text", () => {
  it("reads all that Argo hands on as text", () => {
    const spec = parseSpec({
      ...bare,
      duration: "900",
      tick: "30s",
      minCanaryRequests: "50",
      outageChannel: "false",
      dispersion: "1.5",
      evidenceCap: "3",
      budget: { falseAlarm: "1%", falsePass: "0.1" },
    });
    expect(spec).toMatchObject({
      durationMs: 900_000,
      tickMs: 30_000,
      minCanaryRequests: 50,
      outageChannel: false,
      dispersion: 1.5,
      evidenceCap: 3,
      budget: { falseAlarm: 0.01, falsePass: 0.1 },
    });
  });

  it("takes plain numbers as seconds, fractions and ratios", () => {
    const metrics = [{ kind: "errors", limit: 0.005, compare: { failAbove: 1.5 } }];
    expect(parseSpec({ ...bare, interval: 30, metrics })).toMatchObject({
      intervalMs: 30_000,
      metrics: [{ limit: { atMost: 0.005 }, compare: { failAbove: { ratio: 1.5, points: 0 } } }],
    });
  });

  it("takes a list of sources, and auto for the dispersion", () => {
    expect(parseSpec({ ...bare, source: ["us-east", "eu-west"], dispersion: "auto" })).toMatchObject({
      sources: ["us-east", "eu-west"],
      dispersion: "auto",
    });
  });
});

describe("problems", () => {
  it.each([
    [{ metrcs: [] }, "metrcs: unknown key `metrcs`; did you mean `metrics`?"],
    [
      { budget: { falseAlram: 0.1 } },
      "budget.falseAlram: unknown key `falseAlram`; did you mean `falseAlarm`?",
    ],
    [
      { metrics: [{ kind: "errors", limit: { atMost: "1%", absolut: true } }] },
      "metrics.0.limit.absolut: unknown key `absolut`; did you mean `absolute`?",
    ],
    [
      { metrics: [{ kind: "errors", compare: { failAbov: 2 } }] },
      "metrics.0.compare.failAbov: unknown key `failAbov`; did you mean `failAbove`?",
    ],
    [
      { cohorts: { ...cohorts, canary: { versoin: "v2" } } },
      "cohorts.canary.versoin: unknown key `versoin`; did you mean `version`?",
    ],
    [
      { telemetry: { preset: "istio", reprter: "source" } },
      "telemetry.reprter: unknown key `reprter`; did you mean `reporter`?",
    ],
  ])("name an unknown key and the nearest known one: %j", (part, problem) => {
    expect(problems({ ...bare, ...part })).toEqual([problem]);
  });

  it.each([
    [{ apiVersion: "coalmine/v2" }, 'apiVersion: expected coalmine/v1, got "coalmine/v2"'],
    [{ kind: "Rollout" }, 'kind: expected Analysis, got "Rollout"'],
    [{ service: "" }, "service: is empty"],
    [{ service: undefined }, "service: is missing; expected text"],
    [{ service: 5 }, "service: expected text, got 5; put it in quotes"],
    [{ telemetry: "isto" }, "telemetry: unknown preset `isto`; did you mean `istio`?"],
    [
      { telemetry: { preset: "linkrd" } },
      "telemetry.preset: unknown preset `linkrd`; did you mean `linkerd`?",
    ],
    [{ duration: "ten" }, 'duration: expected a duration such as "10m" or 90 (seconds), got "ten"'],
    [{ duration: -5 }, 'duration: expected a duration such as "10m" or 90 (seconds), got -5'],
    [{ tick: "500ms", interval: "500ms" }, "tick: expected at least 1s, got 500ms"],
    [{ interval: "2m" }, "interval: expected at most the tick of 1m, got 2m"],
    [{ pass: "ealy" }, 'pass: expected one of atEnd, early, got "ealy"; did you mean `early`?'],
    [{ budget: { falseAlarm: "90%" } }, "budget.falseAlarm: expected at most 50%"],
    [{ minCanaryRequests: 1.5 }, "minCanaryRequests: expected a whole number from 0 to 1000000000, got 1.5"],
    [{ source: "" }, "source: is empty"],
    [{ metrics: [] }, "metrics: holds no metric; leave it out for errors and latency"],
    [{ metrics: [{ kind: "error" }] }, "metrics.0.kind: unknown kind `error`; did you mean `errors`?"],
    [
      { metrics: [{ kind: "errors", limit: 5 }] },
      'metrics.0.limit: 5 is no fraction below 1; write "5%" if percent is meant',
    ],
    [
      { metrics: [{ kind: "errors", limit: "0%" }] },
      'metrics.0.limit: expected a rate above 0% and below 100%, got "0%"',
    ],
    [
      { metrics: [{ kind: "errors", compare: { failAbove: "0.5x" } }] },
      'metrics.0.compare.failAbove: the ratio of a margin is 1x to 1000x, got "0.5x"',
    ],
    [
      { metrics: [{ kind: "latency", limit: "500ms" }] },
      "metrics.0.limit: is about one quantile: add `quantile: 0.99`, or another",
    ],
    [
      { metrics: [{ kind: "latency", slower: "2x" }] },
      "metrics.0.slower: is about one quantile: add `quantile: 0.99`, or another",
    ],
    [
      { metrics: [{ kind: "errors" }, { kind: "gauge", query: "a", block: "10s" }] },
      "metrics.1.block: expected at least the tick of 1m, got 10s",
    ],
    [
      { metrics: [{ kind: "errors", gate: false }] },
      "metrics: none has `gate: true`: there is nothing to judge",
    ],
  ])("say what was wanted and what was met: %j", (part, problem) => {
    expect(problems({ ...bare, ...part })).toEqual([problem]);
  });

  it.each(["version", "workload", "service", "hash", "hashLabel", "selector"])(
    "refuse an empty %s of a cohort, which a host with nothing to fill in would send",
    (field) => {
      const found = problems({ ...bare, cohorts: { ...cohorts, canary: { [field]: "" } } });
      expect(found).toEqual([expect.stringMatching(`^cohorts\\.canary\\.${field}: is empty: `)]);
    },
  );

  it("are told all at once, those between keys too", () => {
    const input = {
      ...bare,
      telemetry: "traefik",
      namespace: "",
      interval: "2m",
      duration: "later",
      metrics: [{ kind: "errors" }, { kind: "errors" }],
    };
    expect(problems(input).map((problem) => problem.split(":", 1)[0])).toEqual([
      "duration",
      "metrics.1.name",
      "interval",
      "namespace",
    ]);
  });

  it("are in the message of the error, with its code", () => {
    const thrown = (() => {
      try {
        return parseSpec({ ...bare, service: "", interval: "x" });
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(CoalmineError);
    expect(thrown).toMatchObject({
      code: "invalid-spec",
      message: expect.stringMatching(
        /^2 problems in the spec:\nservice: is empty\ninterval: expected a duration/,
      ),
    });
  });

  it("do not follow from a misspelt key", () => {
    const input = { ...bare, cohorts: { canary: { version: "v2" }, basline: { version: "v1" } } };
    expect(problems(input)).toEqual(["cohorts.basline: unknown key `basline`; did you mean `baseline`?"]);
  });

  it("are counted, not listed, beyond fifty", () => {
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`unknown-${index}`, 1]));
    expect(() => parseSpec({ ...bare, ...unknown })).toThrow(
      /^5000 problems in the spec:(\n.*){50}\nand 4950 more$/,
    );
  });

  it.each([[null], [5], ["istio"], [[]], [undefined]])("refuse %j as a whole", (input) => {
    expect(problems(input)).toEqual([expect.stringContaining("expected a map of keys to values")]);
  });

  it("refuse a key that would reach the prototype", () => {
    expect(
      problems(JSON.parse('{"service":"a","telemetry":"flagger-istio","__proto__":{"namespace":"x"}}')),
    ).toEqual([expect.stringContaining("unknown key `__proto__`")]);
  });
});

describe("without a baseline", () => {
  it("judges limits and conditions only", () => {
    const metrics = [
      { kind: "errors", limit: "1%" },
      { kind: "condition", query: "up == 0" },
      { kind: "gauge", query: "heap" },
    ];
    const spec = parseSpec({ ...canaryOnly, metrics });
    expect(spec.baseline).toBeNull();
    expect(spec.metrics).toMatchObject([{ compare: null }, { kind: "condition" }, { gate: false }]);
  });

  it("refuses a spec that leaves nothing to judge", () => {
    expect(problems(canaryOnly)).toEqual([
      "cohorts.baseline: is missing, and no metric has a limit: there is nothing to judge; name a baseline or give a metric a `limit`",
    ]);
  });

  it.each([
    [{ kind: "latency" }, "metrics.1: there is nothing to judge without a baseline; give it a `limit`"],
    [
      { kind: "latency", compare: {} },
      "metrics.1.compare: there is no baseline to compare with; name one under cohorts",
    ],
    [
      { kind: "latency", quantile: 0.9, slower: 2 },
      "metrics.1.slower: there is no baseline to compare with; name one under cohorts",
    ],
    [
      { kind: "gauge", query: "heap", gate: true },
      "metrics.1: a gauge is judged against the baseline, and there is none; set `gate: false` to show it only",
    ],
  ])("refuses a metric that needs one: %j", (metric, problem) => {
    const duration = "2h";
    expect(problems({ ...canaryOnly, duration, metrics: [{ kind: "errors", limit: "1%" }, metric] })).toEqual(
      [problem],
    );
  });
});

describe("a duration that cannot give a verdict", () => {
  it("is refused with the least that can: warm-up and three ticks", () => {
    expect(problems({ ...bare, duration: "5m59s" })).toEqual([
      expect.stringMatching(/^duration: 5m59s cannot give a verdict; it takes at least 6m:/),
    ]);
    expect(problems({ ...bare, duration: "6m" })).toEqual([]);
  });

  it("takes the ticks that capped evidence needs", () => {
    // α·w = 0.05 · 0.45; ln(2/0.0225) = 4.49 nats, at 0.5 a tick: nine ticks.
    expect(problems({ ...bare, evidenceCap: 0.5 })).toEqual([expect.stringContaining("at least 12m:")]);
    expect(problems({ ...bare, evidenceCap: 0.5, duration: "12m" })).toEqual([]);
  });

  it("takes the blocks that a gating gauge needs, and the time of a condition", () => {
    const metrics = [{ kind: "errors" }, { kind: "gauge", query: "heap", gate: true, block: "5m" }];
    // Odds of 1/(0.05 · 0.45) = 44.4; the mean of (2p)^n over the five bets is 41.1 after seven blocks, 74.6 after eight.
    expect(problems({ ...bare, metrics })).toEqual([expect.stringContaining("at least 43m:")]);
    expect(problems({ ...bare, metrics, duration: "43m" })).toEqual([]);
    const condition = [{ kind: "errors" }, { kind: "condition", query: "up == 0", for: "20m" }];
    expect(problems({ ...bare, metrics: condition })).toEqual([expect.stringContaining("at least 20m:")]);
  });
});

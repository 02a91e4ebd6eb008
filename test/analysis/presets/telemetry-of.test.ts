import { describe, expect, it } from "vitest";
import { presetTable } from "../../../src/analysis/presets/preset-table.ts";
import { telemetryOf } from "../../../src/analysis/presets/telemetry-of.ts";
import { renderSelector } from "../../../src/analysis/selector.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import type { CohortSelectors, MetricQuery } from "../../../src/analysis/telemetry.ts";
import { problemsIn } from "../spec/problems-in.ts";

const rendered = ({ canary, baseline }: CohortSelectors) => ({
  canary: renderSelector(canary),
  baseline: baseline === null ? null : renderSelector(baseline),
});

function queryOf<Kind extends MetricQuery["kind"]>(input: object, kind: Kind) {
  const { queries } = telemetryOf(parseSpec({ service: "t", namespace: "ns", ...input }));
  const query = queries.find((each): each is MetricQuery & { kind: Kind } => each.kind === kind);
  if (query === undefined) throw new RangeError(`no query of kind ${kind}`);
  return query;
}

const errorsOf = (input: object) => rendered(queryOf(input, "errors").requests);
const problems = (input: object) => problemsIn(() => parseSpec({ service: "t", namespace: "ns", ...input }));
const both = (field: string, canary: string, baseline: string) => ({
  canary: { [field]: canary },
  baseline: { [field]: baseline },
});

/** Flagger's built-in queries, its workload T and primary T-primary, with equality where it writes a pattern for one name. */
describe("Flagger's providers", () => {
  const s = both("service", "s-canary", "s-primary");
  const t = both("workload", "t", "t-primary");

  it.each<
    [
      string,
      object,
      { canary: string; baseline: string; histogram: string; unitSeconds: number; bad: object[] },
    ]
  >([
    [
      "istio",
      { telemetry: "flagger-istio" },
      {
        canary:
          'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_workload="t"}',
        baseline:
          'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_workload="t-primary"}',
        histogram: "istio_request_duration_milliseconds",
        unitSeconds: 0.001,
        bad: [
          { label: "response_code", pattern: "5..|0" },
          { label: "grpc_response_status", pattern: "2|4|8|12|13|14|15" },
        ],
      },
    ],
    [
      "linkerd",
      { telemetry: "linkerd", cohorts: t },
      {
        canary: 'response_total{namespace="ns",direction="inbound",deployment="t"}',
        baseline: 'response_total{namespace="ns",direction="inbound",deployment="t-primary"}',
        histogram: "response_latency_ms",
        unitSeconds: 0.001,
        bad: [{ label: "classification", pattern: "failure" }],
      },
    ],
    [
      "nginx",
      { telemetry: { preset: "nginx", ingress: "web" } },
      {
        canary: 'nginx_ingress_controller_requests{namespace="ns",ingress="web",canary!=""}',
        baseline: 'nginx_ingress_controller_requests{namespace="ns",ingress="web",canary=""}',
        histogram: "nginx_ingress_controller_response_duration_seconds",
        unitSeconds: 1,
        bad: [{ label: "status", pattern: "5.." }],
      },
    ],
    [
      "traefik",
      { telemetry: "traefik", cohorts: both("service", "t-canary", "t-primary") },
      {
        canary: 'traefik_service_requests_total{service=~"ns-t-canary-[0-9a-zA-Z-]+@kubernetescrd"}',
        baseline: 'traefik_service_requests_total{service=~"ns-t-primary-[0-9a-zA-Z-]+@kubernetescrd"}',
        histogram: "traefik_service_request_duration_seconds",
        unitSeconds: 1,
        bad: [{ label: "code", pattern: "5.." }],
      },
    ],
    [
      "contour",
      { telemetry: "contour", cohorts: s },
      {
        canary: 'envoy_cluster_upstream_rq{envoy_cluster_name=~"ns_s-canary_[0-9a-zA-Z-]+"}',
        baseline: 'envoy_cluster_upstream_rq{envoy_cluster_name=~"ns_s-primary_[0-9a-zA-Z-]+"}',
        histogram: "envoy_cluster_upstream_rq_time",
        unitSeconds: 0.001,
        bad: [{ label: "envoy_response_code", pattern: "5.." }],
      },
    ],
    [
      "appmesh",
      { telemetry: "appmesh", cohorts: t },
      {
        canary:
          'envoy_cluster_upstream_rq{kubernetes_namespace="ns",kubernetes_pod_name=~"t-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)",kubernetes_pod_name!~"t-primary-.*"}',
        baseline:
          'envoy_cluster_upstream_rq{kubernetes_namespace="ns",kubernetes_pod_name=~"t-primary-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}',
        histogram: "envoy_cluster_upstream_rq_time",
        unitSeconds: 0.001,
        bad: [{ label: "envoy_response_code", pattern: "5.." }],
      },
    ],
    [
      "knative",
      { telemetry: "knative", cohorts: both("version", "t-00002", "t-00001") },
      {
        canary: 'envoy_cluster_upstream_rq{envoy_cluster_name="ns/t-00002"}',
        baseline: 'envoy_cluster_upstream_rq{envoy_cluster_name="ns/t-00001"}',
        histogram: "envoy_cluster_upstream_rq_time",
        unitSeconds: 0.001,
        bad: [{ label: "envoy_response_code", pattern: "5.." }],
      },
    ],
    [
      "kubernetes",
      {
        telemetry: {
          preset: "http",
          requests: "http_request_duration_seconds_count",
          namespaceLabel: "kubernetes_namespace",
          podLabel: "kubernetes_pod_name",
        },
        cohorts: t,
      },
      {
        canary:
          'http_request_duration_seconds_count{kubernetes_namespace="ns",kubernetes_pod_name=~"t-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)",kubernetes_pod_name!~"t-primary-.*"}',
        baseline:
          'http_request_duration_seconds_count{kubernetes_namespace="ns",kubernetes_pod_name=~"t-primary-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}',
        histogram: "http_request_duration_seconds",
        unitSeconds: 1,
        bad: [{ label: "status", pattern: "5.." }],
      },
    ],
  ])("%s", (_, input, { canary, baseline, histogram, unitSeconds, bad }) => {
    const errors = queryOf(input, "errors");
    expect(rendered(errors.requests)).toEqual({ canary, baseline });
    expect(errors.bad).toEqual(bad);
    const latency = queryOf(input, "latency");
    expect(latency.unitSeconds).toBe(unitSeconds);
    expect(latency.histogram.canary.metric).toBe(histogram);
    expect(latency.histogram.canary.matchers).toEqual(errors.requests.canary.matchers);
    expect(latency.histogram.baseline?.matchers).toEqual(errors.requests.baseline?.matchers);
  });
});

describe("cohorts of Argo Rollouts and Istio", () => {
  it.each<[string, object, string, string]>([
    [
      "by host, as clients see it",
      { telemetry: "argo-istio-host", cohorts: both("service", "t-canary", "t-stable") },
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_service_name="t-canary"}',
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_service_name="t-stable"}',
    ],
    [
      "by subset",
      { telemetry: "argo-istio-subset", cohorts: both("version", "v2", "v1") },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_canonical_service="t",destination_version="v2"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_canonical_service="t",destination_version="v1"}',
    ],
    [
      "by canonical revision",
      {
        telemetry: {
          preset: "argo-istio-subset",
          label: "destination_canonical_revision",
          serviceLabel: "destination_app",
        },
        cohorts: both("version", "v2", "v1"),
      },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_app="t",destination_canonical_revision="v2"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_app="t",destination_canonical_revision="v1"}',
    ],
    [
      "by pod template hash, in the pod's name",
      { telemetry: "istio", cohorts: both("hash", "6c9f", "5d8b") },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",pod=~"t-6c9f-.*"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",pod=~"t-5d8b-.*"}',
    ],
    [
      "by pod template hash in a pod's name that Kubernetes cut",
      {
        telemetry: "http",
        cohorts: {
          canary: { workload: "w".repeat(50), hash: "6c9f8d5b7" },
          baseline: { workload: "w".repeat(50), hash: "5b7d8c9f6" },
        },
      },
      `http_requests_total{namespace="ns",pod=~"${"w".repeat(50)}-6c9f8d5.*"}`,
      `http_requests_total{namespace="ns",pod=~"${"w".repeat(50)}-5b7d8c9.*"}`,
    ],
    [
      "by pod template hash in a label",
      {
        telemetry: "istio",
        cohorts: {
          canary: { hash: "6c9f", hashLabel: "rollouts_pod_template_hash" },
          baseline: { hash: "5d8b", hashLabel: "rollouts_pod_template_hash" },
        },
      },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",rollouts_pod_template_hash="6c9f"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",rollouts_pod_template_hash="5d8b"}',
    ],
    [
      "by pod template hash of a rollout that is not called as the service",
      {
        telemetry: "istio",
        cohorts: { canary: { workload: "a.b", hash: "6c9f" }, baseline: { workload: "a.b", hash: "5d8b" } },
      },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",pod=~"a\\\\.b-6c9f-.*"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",pod=~"a\\\\.b-5d8b-.*"}',
    ],
    [
      "by service, with the client's view as the default",
      { telemetry: "istio", cohorts: both("service", "t-canary", "t-stable") },
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_service_name="t-canary"}',
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_service_name="t-stable"}',
    ],
    [
      "by workload, with the reporter chosen",
      { telemetry: { preset: "istio", reporter: "source" }, cohorts: both("workload", "t-2", "t-1") },
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_workload="t-2"}',
      'istio_requests_total{reporter="source",destination_service_namespace="ns",destination_workload="t-1"}',
    ],
    [
      "by raw selector",
      {
        telemetry: "istio",
        cohorts: both("selector", 'destination_version=~"v2.*"', 'destination_version="v1"'),
      },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_version=~"v2.*"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_version="v1"}',
    ],
    [
      "by Flagger's target where it is not the service",
      { telemetry: { preset: "flagger-istio", target: "api" } },
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_workload="api"}',
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_workload="api-primary"}',
    ],
    [
      "without a namespace",
      { telemetry: "istio", namespace: "", cohorts: both("workload", "t-2", "t-1") },
      'istio_requests_total{reporter="destination",destination_workload="t-2"}',
      'istio_requests_total{reporter="destination",destination_workload="t-1"}',
    ],
  ])("%s", (_, input, canary, baseline) => {
    expect(errorsOf(input)).toEqual({ canary, baseline });
  });
});

describe("other series", () => {
  it.each<[string, object, string, string]>([
    [
      "an application's own, by version",
      {
        telemetry: { preset: "http", statusLabel: "code", cohortLabel: "release", serviceLabel: "app" },
        cohorts: both("version", "2", "1"),
      },
      'http_requests_total{namespace="ns",app="t",release="2"}',
      'http_requests_total{namespace="ns",app="t",release="1"}',
    ],
    [
      "an application's own, by service",
      { telemetry: "http", cohorts: both("service", "t-canary", "t-stable") },
      'http_requests_total{namespace="ns",service="t-canary"}',
      'http_requests_total{namespace="ns",service="t-stable"}',
    ],
    [
      "raw, with nothing added",
      { telemetry: "raw", cohorts: both("selector", 'a="2"', 'a="1"') },
      'http_requests_total{a="2"}',
      'http_requests_total{a="1"}',
    ],
    [
      "an Envoy cluster by name",
      { telemetry: "envoy", cohorts: both("service", "c2", "c1") },
      'envoy_cluster_upstream_rq{envoy_cluster_name="c2"}',
      'envoy_cluster_upstream_rq{envoy_cluster_name="c1"}',
    ],
    [
      "a Traefik service whose name starts the other's",
      { telemetry: { preset: "traefik", provider: "kubernetes" }, cohorts: both("service", "t-canary", "t") },
      'traefik_service_requests_total{service=~"ns-t-canary-[0-9a-zA-Z-]+@kubernetes"}',
      'traefik_service_requests_total{service=~"ns-t-[0-9a-zA-Z-]+@kubernetes",service!~"ns-t-canary-[0-9a-zA-Z-]+@kubernetes"}',
    ],
  ])("%s", (_, input, canary, baseline) => {
    expect(errorsOf(input)).toEqual({ canary, baseline });
  });

  it("takes the status label and the pattern of errors from the options", () => {
    const telemetry = { preset: "http", statusLabel: "code", badStatus: "5..|429" };
    const { bad } = queryOf({ telemetry, cohorts: both("version", "2", "1") }, "errors");
    expect(bad).toEqual([{ label: "code", pattern: "5..|429" }]);
  });

  it("takes a duration in milliseconds", () => {
    const telemetry = { preset: "http", duration: "http_ms", durationUnit: "ms" };
    const query = queryOf({ telemetry, cohorts: both("version", "2", "1") }, "latency");
    expect(query).toMatchObject({ unitSeconds: 0.001, histogram: { canary: { metric: "http_ms" } } });
  });
});

describe("whose pods the series name", () => {
  it.each([
    ["istio", both("version", "2", "1"), "server"],
    ["istio", both("service", "2", "1"), "client"],
    ["argo-istio-host", both("service", "2", "1"), "client"],
    ["linkerd", both("workload", "2", "1"), "server"],
    ["nginx", undefined, "client"],
    ["traefik", both("service", "2", "1"), "client"],
    ["contour", both("service", "2", "1"), "client"],
    ["appmesh", both("workload", "2", "1"), "server"],
    ["http", both("version", "2", "1"), "server"],
  ])("is known for %s, cohorts %j", (telemetry, cohorts, scrapedPod) => {
    const spec = parseSpec({
      service: "t",
      namespace: "ns",
      telemetry,
      ...(cohorts === undefined ? {} : { cohorts }),
    });
    expect(telemetryOf(spec).scrapedPod).toBe(scrapedPod);
  });

  it("starts the pod labels with the one that was set", () => {
    const telemetry = { preset: "http", podLabel: "instance" };
    const spec = parseSpec({ service: "t", telemetry, cohorts: both("version", "2", "1") });
    expect(telemetryOf(spec).podLabels).toEqual(["instance", "pod", "kubernetes_pod_name"]);
  });
});

describe("a user's own series", () => {
  const cohorts = both("version", "v2", "v1");
  const metrics = [
    { kind: "errors" },
    { kind: "ratio", bad: 'refunds_total{outcome="failed"}', total: "refunds_total" },
    { kind: "gauge", query: "heap_bytes{namespace='other'}" },
    { kind: "condition", query: "up == 0" },
  ];

  it("get the cohort in the labels of a scraped pod, and give way to none of their own matchers", () => {
    const input = { telemetry: "istio", cohorts, metrics };
    expect(rendered(queryOf(input, "ratio").bad)).toEqual({
      canary: 'refunds_total{outcome="failed",namespace="ns",service="t",version="v2"}',
      baseline: 'refunds_total{outcome="failed",namespace="ns",service="t",version="v1"}',
    });
    expect(renderSelector(queryOf(input, "ratio").total.canary)).toBe(
      'refunds_total{namespace="ns",service="t",version="v2"}',
    );
    expect(renderSelector(queryOf(input, "gauge").values.canary)).toBe(
      'heap_bytes{namespace="other",service="t",version="v2"}',
    );
  });

  it("get the preset's matchers where they are the preset's series", () => {
    const ratio = {
      kind: "ratio",
      bad: 'istio_requests_total{response_code="429"}',
      total: "istio_requests_total",
    };
    const query = queryOf(
      { telemetry: "istio", cohorts: both("workload", "t-2", "t-1"), metrics: [ratio] },
      "ratio",
    );
    expect(renderSelector(query.bad.canary)).toBe(
      'istio_requests_total{response_code="429",reporter="destination",destination_workload_namespace="ns",destination_workload="t-2"}',
    );
  });

  it("are read for the canary alone in a condition", () => {
    const query = queryOf({ telemetry: "istio", cohorts, metrics }, "condition");
    expect(query).toMatchObject({ op: "==", threshold: 0, values: { baseline: null } });
    expect(renderSelector(query.values.canary)).toBe('up{namespace="ns",service="t",version="v2"}');
  });

  it("take a metric's own matchers and nothing else", () => {
    const gauge = {
      kind: "gauge",
      query: "heap",
      gate: false,
      canarySelector: 'a="2"',
      baselineSelector: 'a="1"',
    };
    const query = queryOf({ telemetry: "istio", cohorts, metrics: [{ kind: "errors" }, gauge] }, "gauge");
    expect(rendered(query.values)).toEqual({ canary: 'heap{a="2"}', baseline: 'heap{a="1"}' });
  });

  it("need these where the preset's labels are an ingress's", () => {
    const ratio = { kind: "ratio", bad: "bad_total", total: "all_total" };
    expect(problems({ telemetry: "nginx", metrics: [ratio] })).toEqual([
      "metrics.0.canarySelector: is missing; nginx tells the cohorts apart by labels that bad_total does not have",
    ]);
  });
});

it("replaces the cohort's matchers by a metric's own, and keeps the preset's", () => {
  const metrics = [{ kind: "errors", canarySelector: 'x="2"' }];
  expect(errorsOf({ telemetry: "istio", cohorts: both("version", "v2", "v1"), metrics })).toEqual({
    canary: 'istio_requests_total{reporter="destination",destination_workload_namespace="ns",x="2"}',
    baseline:
      'istio_requests_total{reporter="destination",destination_workload_namespace="ns",destination_canonical_service="t",destination_version="v1"}',
  });
});

describe("problems", () => {
  it.each<[string, object, string]>([
    [
      "cohorts that are the same",
      { telemetry: "http", cohorts: both("version", "v1", "v1") },
      'cohorts: cannot tell canary from baseline: both are http_requests_total{namespace="ns",service="t",version="v1"}',
    ],
    [
      "cohorts that differ in the order of their matchers only",
      { telemetry: "raw", cohorts: both("selector", 'a="1",b="2"', 'b="2",a="1"') },
      'cohorts: cannot tell canary from baseline: both are http_requests_total{a="1",b="2"}',
    ],
    [
      "a metric's matchers that make them the same",
      {
        telemetry: "raw",
        cohorts: both("selector", 'a="1"', 'a="2"'),
        metrics: [{ kind: "errors", canarySelector: 'a="2"' }],
      },
      'metrics.0: cannot tell canary from baseline: both are http_requests_total{a="2"}',
    ],
    [
      "a field that the preset does not understand",
      { telemetry: "linkerd", cohorts: { canary: { version: "v2" }, baseline: { workload: "t" } } },
      "cohorts.canary.version: is not understood; linkerd takes workload, hash, selector",
    ],
    [
      "a cohort that names nothing",
      { telemetry: "http", cohorts: { canary: {}, baseline: { version: "v1" } } },
      "cohorts.canary: names no pods; http takes version, workload, service, hash, selector",
    ],
    [
      "a label without its hash",
      {
        telemetry: "http",
        cohorts: { canary: { version: "v2", hashLabel: "h" }, baseline: { version: "v1" } },
      },
      "cohorts.canary.hashLabel: means nothing without `hash`",
    ],
    [
      "a hash where the series are the client's",
      {
        telemetry: { preset: "istio", reporter: "source" },
        cohorts: { canary: { hash: "a" }, baseline: { version: "v1" } },
      },
      "cohorts.canary.hash: the series come from clients and do not name the judged pod; give `hashLabel` or another field",
    ],
    [
      "a raw selector that cannot be read",
      { telemetry: "raw", cohorts: both("selector", "a=1", 'a="2"') },
      'cohorts.canary.selector: expected a quoted value after a=, got "1" at character 3 of a=1',
    ],
    [
      "a missing namespace",
      { telemetry: "contour", namespace: "", cohorts: both("service", "a", "b") },
      "namespace: is missing; contour has it in the names of its series",
    ],
    [
      "an option that is no label",
      { telemetry: { preset: "http", statusLabel: "a-b" }, cohorts: both("version", "a", "b") },
      'telemetry.statusLabel: expected a label name, got "a-b"',
    ],
    [
      "an option that is no pattern",
      { telemetry: { preset: "http", badStatus: "5(" }, cohorts: both("version", "a", "b") },
      'telemetry.badStatus: expected a regular expression, got "5("',
    ],
    [
      "an option that is none of its words",
      { telemetry: { preset: "istio", reporter: "both" }, cohorts: both("version", "a", "b") },
      'telemetry.reporter: expected one of destination, source, got "both"',
    ],
    [
      "a query with a function",
      {
        telemetry: "http",
        cohorts: both("version", "a", "b"),
        metrics: [{ kind: "ratio", bad: "rate(a[5m])", total: "a" }],
      },
      'metrics.0.bad: expected a plain series selector; functions such as rate(…) or sum(…) are not needed: Coalmine counts from raw samples, got "(a[5m])" at character 5 of rate(a[5m])',
    ],
    [
      "a ratio of a counter to itself",
      {
        telemetry: "http",
        cohorts: both("version", "a", "b"),
        metrics: [{ kind: "ratio", bad: "a", total: "a" }],
      },
      "metrics.0.bad: is the same as `total`: everything would be bad",
    ],
  ])("name %s", (_, input, problem) => {
    expect(problems(input)).toEqual([problem]);
  });

  it("are thrown together for a spec that was made by hand", () => {
    const spec = parseSpec({ service: "t", telemetry: "http", cohorts: both("version", "a", "b") });
    const broken = { ...spec, telemetry: { preset: "htp", options: {} } };
    expect(problemsIn(() => telemetryOf(broken))).toEqual([
      "telemetry: unknown preset `htp`; did you mean `http`?",
    ]);
    const unknown = { ...spec, telemetry: { preset: "http", options: { podLable: "x" } } };
    expect(problemsIn(() => telemetryOf(unknown))).toEqual([
      "telemetry.podLable: unknown option of http; did you mean `podLabel`?",
    ]);
  });
});

it("has a matcher for every field that a preset says it takes", () => {
  for (const preset of presetTable.values()) {
    for (const field of preset.cohortFields) {
      const value = (side: string) => (field === "selector" ? `a="${side}"` : side);
      const input = { telemetry: preset.name, cohorts: both(field, value("x"), value("y")) };
      expect({ preset: preset.name, field, problems: problems(input) }).toEqual({
        preset: preset.name,
        field,
        problems: [],
      });
    }
  }
});

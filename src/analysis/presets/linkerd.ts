import { equals, inNamespace, labelled } from "./matchers.ts";
import { noKnownCohorts, type Preset } from "./preset.ts";

/** Linkerd's proxy metrics, the server's side: linkerd.io/2/reference/proxy-metrics. */
export const linkerd: Preset = {
  name: "linkerd",
  about: "Linkerd's proxy metrics on the server's side; errors are what Linkerd classifies as failures.",
  options: {},
  cohortFields: ["workload", "hash", "selector"],
  needsNamespace: false,
  prefix: "response_",
  podSeries: true,
  cohorts: noKnownCohorts,
  series: ({ namespace }) => ({
    requests: "response_total",
    bad: [{ label: "classification", pattern: "failure" }],
    histogram: "response_latency_ms",
    unitSeconds: 0.001,
    base: [...inNamespace("namespace", namespace), equals("direction", "inbound")],
    service: [],
    podLabel: "pod",
    fields: { workload: labelled("deployment") },
    scrapedPod: "server",
    podLabels: ["pod", "kubernetes_pod_name", "instance"],
  }),
};

import { equals, inNamespace } from "./matchers.ts";
import type { Preset } from "./preset.ts";

/**
 * ingress-nginx's controller metrics. The label `canary` names the backend of a
 * canary ingress and is empty for the main one, so the cohorts are known; the
 * label `ingress` is the main ingress's name on both.
 */
export const nginx: Preset = {
  name: "nginx",
  about: "ingress-nginx, whose label `canary` tells the cohorts apart. Needs no cohorts.",
  options: {
    ingress: { about: "The name of the Ingress; `service` by default.", form: "text" },
    duration: {
      about:
        "The latency histogram's base name; `nginx_ingress_controller_response_duration_seconds` by default.",
      form: "metric",
    },
    namespaceLabel: {
      about:
        "The label of the namespace; `namespace` by default, `exported_namespace` where the scrape keeps that for its target.",
      form: "label",
    },
    badStatus: { about: "Statuses that are errors, as a pattern; `5..` by default.", form: "pattern" },
  },
  cohortFields: ["selector"],
  needsNamespace: false,
  prefix: "nginx_ingress_controller_",
  podSeries: false,
  cohorts: () => ({ canary: { selector: 'canary!=""' }, baseline: { selector: 'canary=""' } }),
  series: ({ service, namespace, options }) => ({
    requests: "nginx_ingress_controller_requests",
    bad: [{ label: "status", pattern: options["badStatus"] ?? "5.." }],
    histogram: options["duration"] ?? "nginx_ingress_controller_response_duration_seconds",
    unitSeconds: 1,
    base: [
      ...inNamespace(options["namespaceLabel"] ?? "namespace", namespace),
      equals("ingress", options["ingress"] ?? service),
    ],
    service: [],
    podLabel: null,
    fields: {},
    scrapedPod: "client",
    podLabels: ["controller_pod", "pod", "kubernetes_pod_name", "instance"],
  }),
};

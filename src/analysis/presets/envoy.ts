import { equals, inNamespace, labelled, literal, matches, podsOfWorkload } from "./matchers.ts";
import { noKnownCohorts, type Preset, type PresetOption, type PresetSeries } from "./preset.ts";

const options = {
  badStatus: { about: "Response codes that are errors, as a pattern; `5..` by default.", form: "pattern" },
} as const satisfies Record<string, PresetOption>;

/** Envoy's cluster metrics: envoyproxy.io, configuration/upstream/cluster_manager/cluster_stats. */
export const envoy: Preset = {
  name: "envoy",
  about: "Envoy's upstream clusters; a cohort's `service` is the cluster's name.",
  options,
  cohortFields: ["service", "selector"],
  needsNamespace: false,
  prefix: "envoy_",
  podSeries: false,
  cohorts: noKnownCohorts,
  series: ({ options: given }) => ({
    ...envoySeries(given),
    fields: { service: labelled("envoy_cluster_name") },
  }),
};

/** Contour names its clusters `<namespace>_<service>_<port>`. */
export const contour: Preset = {
  ...envoy,
  name: "contour",
  about: "Contour's Envoy; a cohort's `service` is the Kubernetes service.",
  needsNamespace: true,
  podSeries: true,
  series: ({ namespace, options: given }) => ({
    ...envoySeries(given),
    fields: {
      service: (service) => [
        matches("envoy_cluster_name", `${literal(`${namespace}_${service}`)}_[0-9a-zA-Z-]+`),
      ],
    },
  }),
};

/** Knative's ingress names its clusters `<namespace>/<revision>`. */
export const knative: Preset = {
  ...envoy,
  name: "knative",
  about: "Knative's Envoy ingress; a cohort's `version` is the revision's name.",
  cohortFields: ["version", "selector"],
  needsNamespace: true,
  series: ({ namespace, options: given }) => ({
    ...envoySeries(given),
    fields: { version: (revision) => [equals("envoy_cluster_name", `${namespace}/${revision}`)] },
  }),
};

/** App Mesh's sidecars, told apart by the pods they run in; labels as Flagger's own Prometheus gives them. */
export const appmesh: Preset = {
  ...envoy,
  name: "appmesh",
  about: "App Mesh's Envoy sidecars; a cohort's `workload` is the Deployment.",
  options: {
    ...options,
    namespaceLabel: {
      about: "The label of the namespace; `kubernetes_namespace` by default.",
      form: "label",
    },
    podLabel: { about: "The label of the pod's name; `kubernetes_pod_name` by default.", form: "label" },
  },
  cohortFields: ["workload", "hash", "selector"],
  podSeries: true,
  series: ({ namespace, options: given }) => {
    const { podLabel = "kubernetes_pod_name", namespaceLabel = "kubernetes_namespace" } = given;
    return {
      ...envoySeries(given),
      base: inNamespace(namespaceLabel, namespace),
      podLabel,
      fields: { workload: podsOfWorkload(podLabel) },
      scrapedPod: "server",
    };
  },
};

function envoySeries(given: Readonly<Record<string, string>>): PresetSeries {
  return {
    requests: "envoy_cluster_upstream_rq",
    bad: [{ label: "envoy_response_code", pattern: given["badStatus"] ?? "5.." }],
    histogram: "envoy_cluster_upstream_rq_time",
    unitSeconds: 0.001,
    base: [],
    service: [],
    podLabel: null,
    fields: {},
    scrapedPod: "client",
    podLabels: ["pod", "kubernetes_pod_name", "instance"],
  };
}

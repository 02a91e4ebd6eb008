import { equals, inNamespace, labelled, podsOfWorkload } from "./matchers.ts";
import { noKnownCohorts, type Preset, type PresetOption, type PresetSeries } from "./preset.ts";

const seriesOptions = {
  requests: { about: "The request counter; `http_requests_total` by default.", form: "metric" },
  duration: {
    about: "The latency histogram's base name; `http_request_duration_seconds` by default.",
    form: "metric",
  },
  durationUnit: { about: "The unit of its boundaries; `s` by default.", form: "text", values: ["s", "ms"] },
  statusLabel: { about: "The label of the status; `status` by default.", form: "label" },
  badStatus: { about: "Statuses that are errors, as a pattern; `5..` by default.", form: "pattern" },
  podLabel: { about: "The label of the pod's name; `pod` by default.", form: "label" },
} as const satisfies Record<string, PresetOption>;

/** What most HTTP libraries for Prometheus count, in the application itself. */
export const http: Preset = {
  name: "http",
  about:
    "An application's own counters, `http_requests_total` and `http_request_duration_seconds` or others.",
  options: {
    ...seriesOptions,
    cohortLabel: { about: "The label that holds a cohort's `version`; `version` by default.", form: "label" },
    serviceLabel: { about: "The label of the service; `service` by default.", form: "label" },
    namespaceLabel: { about: "The label of the namespace; `namespace` by default.", form: "label" },
  },
  cohortFields: ["version", "workload", "service", "hash", "selector"],
  needsNamespace: false,
  prefix: "",
  podSeries: true,
  cohorts: noKnownCohorts,
  series: ({ service, namespace, options }) => {
    const { serviceLabel = "service", cohortLabel = "version", podLabel = "pod" } = options;
    return {
      ...applicationSeries(options),
      base: inNamespace(options["namespaceLabel"] ?? "namespace", namespace),
      service: [equals(serviceLabel, service)],
      fields: {
        version: labelled(cohortLabel),
        workload: podsOfWorkload(podLabel),
        service: labelled(serviceLabel),
      },
    };
  },
};

/** The same counters with nothing added to the cohorts' own selectors. */
export const raw: Preset = {
  ...http,
  name: "raw",
  about: "The same counters, and no label but those of the cohorts' `selector`.",
  options: seriesOptions,
  cohortFields: ["selector"],
  series: ({ options }) => applicationSeries(options),
};

function applicationSeries(options: Readonly<Record<string, string>>): PresetSeries {
  const { podLabel = "pod" } = options;
  return {
    requests: options["requests"] ?? "http_requests_total",
    bad: [{ label: options["statusLabel"] ?? "status", pattern: options["badStatus"] ?? "5.." }],
    histogram: options["duration"] ?? "http_request_duration_seconds",
    unitSeconds: options["durationUnit"] === "ms" ? 0.001 : 1,
    base: [],
    service: [],
    podLabel,
    fields: {},
    scrapedPod: "server",
    podLabels: [...new Set([podLabel, "pod", "kubernetes_pod_name", "instance"])],
  };
}

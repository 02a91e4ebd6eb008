import { differs, literal, matches } from "./matchers.ts";
import { type FieldMatchers, noKnownCohorts, type Preset } from "./preset.ts";

/** Traefik's service metrics, which are named `<namespace>-<service>-<port>@<provider>`. */
export const traefik: Preset = {
  name: "traefik",
  about: "Traefik's metrics of a Kubernetes service.",
  options: {
    provider: {
      about: "The Traefik provider that made the services; `kubernetescrd` by default.",
      form: "text",
      values: ["kubernetescrd", "kubernetes", "kubernetesgateway"],
    },
    serviceLabel: {
      about:
        "The label of the service; `service` by default, `exported_service` where the scrape keeps that for its target.",
      form: "label",
    },
    badStatus: { about: "Codes that are errors, as a pattern; `5..` by default.", form: "pattern" },
  },
  cohortFields: ["service", "selector"],
  needsNamespace: true,
  prefix: "traefik_",
  podSeries: true,
  cohorts: noKnownCohorts,
  series: ({ namespace, options }) => ({
    requests: "traefik_service_requests_total",
    bad: [{ label: "code", pattern: options["badStatus"] ?? "5.." }],
    histogram: "traefik_service_request_duration_seconds",
    unitSeconds: 1,
    base: [],
    service: [],
    podLabel: null,
    fields: { service: byService(namespace, options) },
    scrapedPod: "client",
    podLabels: ["pod", "kubernetes_pod_name", "instance"],
  }),
};

/** A port's name may hold hyphens, so `checkout`'s pattern also matches `checkout-canary`; that one is taken out where it is the other cohort. */
function byService(namespace: string, options: Readonly<Record<string, string>>): FieldMatchers {
  const { provider = "kubernetescrd", serviceLabel = "service" } = options;
  const pattern = (service: string) => `${literal(`${namespace}-${service}`)}-[0-9a-zA-Z-]+@${provider}`;
  return (service, other) => [
    matches(serviceLabel, pattern(service)),
    ...(other?.service?.startsWith(`${service}-`) ? [differs(serviceLabel, pattern(other.service))] : []),
  ];
}

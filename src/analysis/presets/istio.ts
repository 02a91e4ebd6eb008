import type { CohortSpec } from "../spec/model.ts";
import type { BadLabel } from "../telemetry.ts";
import { equals, inNamespace, labelled } from "./matchers.ts";
import {
  type CohortField,
  noKnownCohorts,
  type Preset,
  type PresetOption,
  type PresetSeries,
  type Subject,
} from "./preset.ts";

/**
 * Response codes that are errors: 5xx, and 0, which Envoy reports for a request
 * that ended without a response.
 */
const badCodes = "5..|0";

/**
 * gRPC statuses that are errors of the server: UNKNOWN, DEADLINE_EXCEEDED,
 * RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS.
 *
 * They are what OpenTelemetry's conventions call errors on the server side,
 * and RESOURCE_EXHAUSTED, which a release that runs out of something also
 * gives. All others are answers to a wrong request. Calls that are not gRPC
 * have no such label or an empty one, and never match.
 */
const badGrpcStatuses = "2|4|8|12|13|14|15";

const badStatus: PresetOption = {
  about: `Response codes that are errors, as a pattern; \`${badCodes}\` by default.`,
  form: "pattern",
};

const sharedOptions = {
  reporter: {
    about:
      "Whose view of a request counts: `destination`, the default, is the server's sidecar; `source` the client's or the gateway's, the default where a cohort is named by service. Only the client sees requests that never arrive.",
    form: "text",
    values: ["destination", "source"],
  },
  serviceLabel: {
    about:
      "The label that holds `service` where a cohort is named by version alone; `destination_canonical_service` by default.",
    form: "label",
  },
  badStatus,
} as const satisfies Record<string, PresetOption>;

const allFields: readonly CohortField[] = ["version", "workload", "service", "hash", "selector"];

/** Istio's standard metrics: istio.io/latest/docs/reference/config/metrics. */
export const istio: Preset = {
  name: "istio",
  about: "Istio's standard metrics, cohorts by version, workload, service or pod template hash.",
  options: sharedOptions,
  cohortFields: allFields,
  needsNamespace: false,
  prefix: "istio_",
  podSeries: true,
  cohorts: noKnownCohorts,
  series: (subject) => istioSeries(subject, reporterOf(subject)),
};

/** Flagger on Istio: the canary is the workload itself, the baseline its `-primary` copy. */
export const flaggerIstio: Preset = {
  ...istio,
  name: "flagger-istio",
  about:
    "Istio's metrics with Flagger's names: canary `<target>`, baseline `<target>-primary`. Needs no cohorts.",
  options: {
    ...sharedOptions,
    target: { about: "The workload that Flagger's `targetRef` names; `service` by default.", form: "text" },
  },
  cohortFields: ["workload", "version", "service", "hash", "selector"],
  cohorts: (service, { target = service }) => ({
    canary: { workload: target },
    baseline: { workload: `${target}-primary` },
  }),
};

/** Argo Rollouts splitting by host: the canary and the stable service. The client's view, as server-side host names are not reliable (istio/istio#45555). */
export const argoIstioHost: Preset = {
  ...istio,
  name: "argo-istio-host",
  about: "Istio's metrics under Argo Rollouts with a canary and a stable service, as clients see them.",
  options: { badStatus },
  cohortFields: ["service", "selector"],
  series: (subject) => istioSeries(subject, "source"),
};

/** Argo Rollouts splitting by subset: one service, pods told apart by a version label. */
export const argoIstioSubset: Preset = {
  ...istio,
  name: "argo-istio-subset",
  about: "Istio's metrics under Argo Rollouts with subsets of one service.",
  options: {
    ...sharedOptions,
    label: {
      about: "The label that holds a cohort's `version`; `destination_version` by default.",
      form: "text",
      values: ["destination_version", "destination_canonical_revision"],
    },
  },
  cohortFields: ["version", "workload", "hash", "selector"],
};

function istioSeries({ service, namespace, options }: Subject, reporter: string): PresetSeries {
  const fromClient = reporter === "source";
  return {
    requests: "istio_requests_total",
    bad: istioErrors(options["badStatus"]),
    histogram: "istio_request_duration_milliseconds",
    unitSeconds: 0.001,
    // A request that found no workload has a service's namespace, but no workload's.
    base: [
      equals("reporter", reporter),
      ...inNamespace(
        fromClient ? "destination_service_namespace" : "destination_workload_namespace",
        namespace,
      ),
    ],
    service: [equals(options["serviceLabel"] ?? "destination_canonical_service", service)],
    podLabel: fromClient ? null : "pod",
    fields: {
      version: labelled(options["label"] ?? "destination_version"),
      workload: labelled("destination_workload"),
      service: labelled("destination_service_name"),
    },
    scrapedPod: fromClient ? "client" : "server",
    podLabels: ["pod", "kubernetes_pod_name", "instance"],
  };
}

function istioErrors(pattern = badCodes): readonly BadLabel[] {
  return [
    { label: "response_code", pattern },
    { label: "grpc_response_status", pattern: badGrpcStatuses },
  ];
}

function reporterOf({ options, canary, baseline }: Subject): string {
  const byService = (cohort: CohortSpec | null) => cohort?.service !== undefined;
  return options["reporter"] ?? (byService(canary) || byService(baseline) ? "source" : "destination");
}

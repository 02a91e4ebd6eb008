// How each style's series are named and labelled, and how a tool is told to find them.
import type { RolloutRequest } from "../judge-rollout.ts";
import type { CohortName, Rollout, Style } from "./truth.ts";

export type Labels = Readonly<Record<string, string>>;

/** One rollout's names: a service of its own, so that rollouts share one Prometheus. */
export interface Naming {
  readonly id: string;
  readonly style: Style;
}

const namespace = "shop";
const canaryHash = "7c9f8d4b6";
const baselineHash = "5d6b8c7f9";

/** Metric names of a style. */
export function metricsOf(style: Style): RolloutRequest["metrics"] {
  return style === "http"
    ? { requests: "http_requests_total", latency: "http_request_duration_seconds", unit: "s" }
    : { requests: "istio_requests_total", latency: "istio_request_duration_milliseconds", unit: "ms" };
}

/** The labels that select a cohort. */
export function cohortLabels({ id, style }: Naming, cohort: CohortName): Labels {
  const isCanary = cohort === "canary";
  switch (style) {
    case "istio-workload":
      return {
        reporter: "destination",
        destination_workload_namespace: namespace,
        destination_workload: isCanary ? id : `${id}-primary`,
      };
    case "istio-service":
      return {
        reporter: "source",
        destination_service_namespace: namespace,
        destination_service_name: isCanary ? `${id}-canary` : `${id}-stable`,
      };
    case "istio-version":
      return {
        reporter: "destination",
        destination_workload_namespace: namespace,
        destination_canonical_service: id,
        destination_version: isCanary ? "v2" : "v1",
      };
    case "http":
      return { namespace, service: id, rollouts_pod_template_hash: isCanary ? canaryHash : baselineHash };
  }
}

/** The labels that the scrape adds: whose counters they are. A gateway holds those of both cohorts. */
export function scrapeLabels({ id, style }: Naming, pod: string): Labels {
  const instance = `${pod}:${style === "http" ? 8080 : 15020}`;
  return { job: style === "http" ? id : "istio", pod, instance };
}

/** A scraped pod's name. */
export function podName({ id, style }: Naming, cohort: CohortName, index: number): string {
  if (style === "istio-service") return `gateway-${id}-${index}`;
  return `${id}-${cohort === "canary" ? canaryHash : baselineHash}-${"bcdfghjklm"[index] ?? index}x2q`;
}

/** The labels by which an outcome's requests are told from others. */
export function outcomeLabels({ style, grpc }: Pick<Rollout, "style" | "grpc">, isError: boolean): Labels {
  if (style === "http") return { status: isError ? "500" : "200" };
  if (grpc) {
    return {
      request_protocol: "grpc",
      response_code: "200",
      grpc_response_status: isError ? "14" : "0",
    };
  }
  return { request_protocol: "http", response_code: isError ? "503" : "200" };
}

/** The labels of an outcome's histogram: Istio's has those of the counter, an application's usually has none. */
export function histogramLabels(rollout: Pick<Rollout, "style" | "grpc">, isError: boolean): Labels {
  return rollout.style === "http" ? {} : outcomeLabels(rollout, isError);
}

/** A cohort as a tool is asked about it. */
export function cohortRequest(naming: Naming, cohort: CohortName): RolloutRequest["canary"] {
  const labels = cohortLabels(naming, cohort);
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return { labels, selector: `{${matchers.join(",")}}` };
}

// What is true of one rollout, before anything of it is drawn.

/** How the cohorts are told apart: by Flagger's workload names, Argo's services, Argo's subsets, the application's labels. */
export const styles = ["istio-workload", "istio-service", "istio-version", "http"] as const;
export type Style = (typeof styles)[number];

/**
 * Latency: a log-normal body around `medianMs` (sigma 0.7), and `tailShare` of
 * the requests from a Pareto tail of index 1.3 that begins at `tailFromMs`.
 */
export interface Latency {
  readonly medianMs: number;
  readonly tailShare: number;
  readonly tailFromMs: number;
}

/** How one server pod behaves. Minutes are since the rollout's start; negative before it. */
export interface PodTruth {
  /** First and last minute of its life. */
  readonly from: number;
  readonly to: number;
  /** Requests a minute. */
  readonly traffic: (minute: number) => number;
  readonly errorRate: (minute: number) => number;
  readonly latency: (minute: number) => Latency;
}

/** What happens to the scraping. In the style `istio-service` the scraped pods are gateways, else the server pods. */
export interface ScrapeTruth {
  /** A scraped pod's process begins anew at that minute; `index` is taken modulo their number. */
  readonly restarts: readonly {
    readonly cohort: CohortName;
    readonly index: number;
    readonly minute: number;
  }[];
  /** Share of scrapes lost at random. */
  readonly lost: number;
  /** Minutes in which nothing is scraped. */
  readonly gap: { readonly from: number; readonly to: number } | null;
  /** The gateway (`istio-service`) that goes away at that minute. */
  readonly gatewayEnds: number | null;
}

export type CohortName = "canary" | "baseline";

/** What a rollout ought to be answered with. */
export type Expected = "pass" | "fail" | "inconclusive";

/** One rollout. */
export interface Rollout {
  readonly family: number;
  readonly style: Style;
  readonly expected: Expected;
  readonly minutes: number;
  /** Minute at which a bad one becomes bad; 0 for the others. */
  readonly onset: number;
  /** Answers that are also right: low traffic, lost traffic. */
  readonly alsoRight: readonly Expected[];
  readonly canary: readonly PodTruth[];
  readonly baseline: readonly PodTruth[];
  /** Errors come as gRPC statuses under HTTP 200. */
  readonly grpc: boolean;
  /** Most attempts of a request that fails: its retries fail too, mostly, and are errors of their own. 1: no retries. */
  readonly attempts: number;
  readonly scrapes: ScrapeTruth;
}

/** How long before the start the baseline is scraped, in minutes. */
export const historyMinutes = 12;

/** Draws one rollout of a family; `variant` counts the family's rollouts from 0. */
export type Family = (random: () => number, style: Style, variant: number) => Omit<Rollout, "family">;

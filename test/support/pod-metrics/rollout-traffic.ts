/** The traffic of Rollouts' pods: as much for each, whatever the weights say. */
import type { PodMetricsOptions } from "./pod-metrics.ts";

/** A canary of one pod gets as many requests in a test's seconds as it would in minutes. */
const requestsPerSecond = 1_000;

export const rolloutPods: PodMetricsOptions = {
  hashLabel: "rollouts-pod-template-hash",
  hasWorkload: false,
  traffic: async (pods) => new Map(pods.map(({ uid }) => [uid, requestsPerSecond])),
};

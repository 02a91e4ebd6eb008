import type { RolloutReader } from "../../adapters/argo-rollouts/controller-view.ts";
import { createRolloutReader } from "../../adapters/argo-rollouts/kubernetes/rollout-reader.ts";
import {
  type ClusterEnvironment,
  findClusterAccess,
  leadsToCluster,
  unknownCluster,
} from "../../adapters/kubernetes/find-cluster-access.ts";
import type { Settings } from "../settings/settings.ts";
import { systemClock } from "../system-clock.ts";

/** A reader that may hold connections until it is closed. */
export interface OpenRollouts extends RolloutReader {
  close(): Promise<void>;
}

/**
 * Rollouts from the cluster that the settings or the environment lead to. Where
 * neither does, every read says what is missing: templates that leave nothing to
 * the cluster need none.
 *
 * @param rightsOf whose account it is, for what is told where it lacks a right.
 * @throws CoalmineError invalid-settings if what they name cannot be used.
 */
export async function openRollouts(
  kubernetes: Settings["kubernetes"],
  environment: ClusterEnvironment,
  rightsOf: "plugin" | "server",
): Promise<OpenRollouts> {
  if (!leadsToCluster(environment, kubernetes)) {
    return { read: () => Promise.reject(unknownCluster()), close: () => Promise.resolve() };
  }
  return createRolloutReader({
    access: await findClusterAccess(environment, kubernetes),
    clock: systemClock,
    rightsOf,
  });
}

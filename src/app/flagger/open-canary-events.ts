import { randomBytes } from "node:crypto";
import { noCanaryEvents } from "../../adapters/flagger/canary-events.ts";
import {
  createCanaryEventWriter,
  type OpenCanaryEvents,
} from "../../adapters/flagger/kubernetes/canary-event-writer.ts";
import {
  type ClusterEnvironment,
  type ClusterSettings,
  findClusterAccess,
  leadsToCluster,
} from "../../adapters/kubernetes/find-cluster-access.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { systemClock } from "../system-clock.ts";

/**
 * Where releases are told: the Events of the cluster that the settings or the
 * environment lead to. Events are no verdict, so a server without a cluster, or
 * with a kubeconfig that cannot be used, works without them and says so once.
 */
export async function openCanaryEvents(
  kubernetes: ClusterSettings | undefined,
  environment: ClusterEnvironment,
  logger: Logger,
): Promise<OpenCanaryEvents> {
  if (!leadsToCluster(environment, kubernetes)) {
    logger.info(
      {},
      "no Kubernetes here: Canaries get no Events (set kubernetes or KUBECONFIG where there is)",
    );
    return silent;
  }
  try {
    const access = await findClusterAccess(environment, kubernetes);
    logger.info({ server: access.server }, "what becomes of a release is told in the Events of its Canary");
    return createCanaryEventWriter({ access, clock: systemClock, logger, newId });
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    logger.warn({ err: error }, `Canaries get no Events: ${error.message}`);
    return silent;
  }
}

const silent: OpenCanaryEvents = { ...noCanaryEvents, close: () => Promise.resolve() };

function newId(): string {
  return randomBytes(4).toString("hex");
}

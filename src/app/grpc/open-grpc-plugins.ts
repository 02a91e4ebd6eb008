import { followerIn } from "../../adapters/argo-rollouts/follower.ts";
import { createMetricProvider, metricMetadata } from "../../adapters/argo-rollouts/metric-measurements.ts";
import { metricPluginService } from "../../adapters/argo-rollouts/services/metric-plugin-service.ts";
import { stepPluginService } from "../../adapters/argo-rollouts/services/step-plugin-service.ts";
import { createStepProvider } from "../../adapters/argo-rollouts/steps.ts";
import type { ProviderOptions } from "../../adapters/argo-rollouts/take-up.ts";
import type { CallerService } from "../../adapters/grpc/caller-service.ts";
import type { ClusterEnvironment } from "../../adapters/kubernetes/find-cluster-access.ts";
import type { Analyses } from "../../analysis/analyses.ts";
import type { NamedSource } from "../../analysis/pick-sources.ts";
import { requireRight, restrictAnalyses } from "../../analysis/restricted-analyses.ts";
import type { Access, Caller } from "../../base/access.ts";
import type { Logger } from "../../base/logger.ts";
import { answerDelayOf } from "../argo-plugin/answer-delay.ts";
import { openRollouts } from "../argo-plugin/open-rollouts.ts";
import type { Settings } from "../settings/settings.ts";
import { systemClock as clock } from "../system-clock.ts";

export interface GrpcPluginsParts {
  readonly analyses: Analyses;
  readonly access: Access;
  readonly sources: ReadonlyMap<string, Pick<NamedSource, "ingestionDelayMs">>;
  /** Where Rollouts are read, for templates that leave the stable pods to us. */
  readonly kubernetes: Settings["kubernetes"];
  readonly environment: ClusterEnvironment;
  readonly logger: Logger;
}

/** The services of Argo's plugins, in use. */
export interface OpenGrpcPlugins {
  readonly services: readonly CallerService[];
  close(): Promise<void>;
}

/**
 * The metric and the step plugin as services over the server's analyses. A caller
 * needs the right to write in the namespace of the run or the Rollout, and what is
 * judged for it is under that namespace's ids.
 *
 * @throws CoalmineError invalid-settings as {@link openRollouts} does.
 */
export async function openGrpcPlugins(parts: GrpcPluginsParts): Promise<OpenGrpcPlugins> {
  const { analyses, access, sources, logger } = parts;
  const rollouts = await openRollouts(parts.kubernetes, parts.environment, "server");
  const answerDelayMs = answerDelayOf([...sources.values()]);

  function optionsFor(caller: Caller, namespace: string): ProviderOptions {
    requireRight(caller, "write", namespace);
    const ours = access.isOn ? restrictAnalyses(analyses, caller) : analyses;
    return {
      follower: followerIn(namespace, ours),
      rollouts,
      // A server's analyses read its own sources: one at an address is told as one that is not known.
      openSource: () => undefined,
      clock,
      logger,
      answerDelayMs,
    };
  }

  return {
    services: [
      metricPluginService(
        (caller, namespace) => createMetricProvider(optionsFor(caller, namespace)),
        metricMetadata,
      ),
      stepPluginService((caller, namespace) => createStepProvider(optionsFor(caller, namespace))),
    ],
    close: () => rollouts.close(),
  };
}

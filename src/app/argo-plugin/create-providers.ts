import type { RolloutReader } from "../../adapters/argo-rollouts/controller-view.ts";
import { createRolloutReader } from "../../adapters/argo-rollouts/kubernetes/rollout-reader.ts";
import { createMetricProvider } from "../../adapters/argo-rollouts/metric-measurements.ts";
import type { MetricProvider } from "../../adapters/argo-rollouts/metric-provider.ts";
import type { StepProvider } from "../../adapters/argo-rollouts/step-provider.ts";
import { createStepProvider } from "../../adapters/argo-rollouts/steps.ts";
import type { ProviderOptions } from "../../adapters/argo-rollouts/take-up.ts";
import {
  findClusterAccess,
  leadsToCluster,
  unknownCluster,
} from "../../adapters/kubernetes/find-cluster-access.ts";
import { createAnalyses } from "../../analysis/analyses.ts";
import type { NamedSource } from "../../analysis/pick-sources.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { openTimerQueue } from "../../work/embedded/timer-queue.ts";
import { addressSources } from "../address-sources.ts";
import { openSources } from "../open-sources.ts";
import { defaultDelayMs, readSettings, type Settings } from "../settings.ts";
import { systemClock } from "../system-clock.ts";
import { loadPluginSettings, type PluginEnvironment } from "./plugin-settings.ts";
import { refusingMetricProvider, refusingStepProvider } from "./refusing-providers.ts";

/** Both plugins' methods: which of them is asked is the host's choice. */
export interface Providers {
  readonly metric: MetricProvider;
  readonly step: StepProvider;
}

/** Analyses that have ended and are remembered, for a controller that asks once more. */
const keptAnalyses = 500;

/** Kept in the plugin for nobody to see: the controller draws the score itself. */
const keptLooks = 2;

/** Beyond the sources' delay, for the look itself, in milliseconds. */
const lookTimeMs = 1_000;

/**
 * Puts the plugin together by its arguments and the environment. Never throws
 * for a fault of them: the providers then say it in every answer, where a user
 * sees it, for a plugin that ends early hides why.
 */
export async function createProviders(
  args: readonly string[],
  environment: PluginEnvironment & Parameters<typeof findClusterAccess>[0],
  logger: Logger,
): Promise<Providers> {
  try {
    const settings = await loadPluginSettings(args, environment);
    const rollouts = await openRollouts(settings, environment);
    return providersOf(settings, rollouts, logger);
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    logger.error({ err: error }, "the plugin cannot work: every answer will say why");
    return {
      metric: refusingMetricProvider(error, systemClock),
      step: refusingStepProvider(error),
    };
  }
}

function providersOf(settings: Settings, rollouts: RolloutReader, logger: Logger): Providers {
  const { byName } = openSources(settings.sources, { clock: systemClock });
  const sources = new Map(byName);
  const follower = createAnalyses({
    store: createMemoryStore({ maxRecords: keptAnalyses, maxLooks: keptLooks }),
    queue: openTimerQueue({ clock: systemClock, logger }),
    sources,
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    logger,
    limits: { maxRunning: settings.limits.maxRunning },
  });
  // Nothing is left of a process before: the controller brings it.
  void follower.resume();
  const byAddress = settings.allowedAddresses.length > 0 ? [defaultDelayMs.prometheus] : [];
  const delays = [...byAddress, ...[...sources.values()].map(({ ingestionDelayMs }) => ingestionDelayMs)];
  const options: ProviderOptions = {
    follower,
    rollouts,
    openSource: addressSources({ sources, allowed: settings.allowedAddresses, open: openAddress }),
    clock: systemClock,
    logger,
    answerDelayMs: Math.max(0, ...delays) + lookTimeMs,
  };
  return { metric: createMetricProvider(options), step: createStepProvider(options) };
}

function openAddress(url: string, mayConnectTo: (ip: string) => boolean): NamedSource {
  const { sources } = readSettings({ sources: { [url.slice(0, 63)]: { kind: "prometheus", url } } }, {});
  const [opened] = openSources(sources, { clock: systemClock, mayConnectTo }).byName.values();
  if (opened === undefined) throw new TypeError("a source wanted, none opened");
  return opened;
}

/** Outside of a cluster the plugin works for templates that leave nothing to it. */
async function openRollouts(
  { kubernetes }: Settings,
  environment: Parameters<typeof findClusterAccess>[0],
): Promise<RolloutReader> {
  if (!leadsToCluster(environment, kubernetes)) {
    return { read: () => Promise.reject(unknownCluster()) };
  }
  return createRolloutReader({
    access: await findClusterAccess(environment, kubernetes),
    clock: systemClock,
  });
}

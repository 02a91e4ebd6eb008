/** Loaded by a plugin that judges by itself: one that is remote needs none of it. */
import { createMetricProvider } from "../../adapters/argo-rollouts/metric-measurements.ts";
import { createStepProvider } from "../../adapters/argo-rollouts/steps.ts";
import type { ProviderOptions } from "../../adapters/argo-rollouts/take-up.ts";
import type { ClusterEnvironment } from "../../adapters/kubernetes/find-cluster-access.ts";
import { createAnalyses } from "../../analysis/analyses.ts";
import type { NamedSource } from "../../analysis/pick-sources.ts";
import type { Logger } from "../../base/logger.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { openTimerQueue } from "../../work/embedded/timer-queue.ts";
import { defaultDelayMs, readSettings, type Settings } from "../settings/settings.ts";
import { openSources } from "../sources/open-sources.ts";
import { systemClock } from "../system-clock.ts";
import { addressSources } from "./address-sources.ts";
import { answerDelayOf } from "./answer-delay.ts";
import { openRollouts } from "./open-rollouts.ts";
import type { Providers } from "./providers.ts";

/** Analyses that have ended and are remembered, for a controller that asks once more. */
const keptAnalyses = 500;

/** Kept in the plugin for nobody to see: the controller draws the score itself. */
const keptLooks = 2;

/**
 * Both plugins' methods over analyses of this process.
 *
 * @throws CoalmineError invalid-settings as {@link openRollouts} does.
 */
export async function openLocalProviders(
  settings: Settings,
  environment: ClusterEnvironment,
  logger: Logger,
): Promise<Providers> {
  const rollouts = await openRollouts(settings.kubernetes, environment, "plugin");
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
  const byAddress =
    settings.allowedAddresses.length > 0 ? [{ ingestionDelayMs: defaultDelayMs.prometheus }] : [];
  const options: ProviderOptions = {
    follower,
    rollouts,
    openSource: addressSources({ sources, allowed: settings.allowedAddresses, open: openAddress }),
    clock: systemClock,
    logger,
    answerDelayMs: answerDelayOf([...byAddress, ...sources.values()]),
  };
  return { metric: createMetricProvider(options), step: createStepProvider(options) };
}

function openAddress(url: string, mayConnectTo: (ip: string) => boolean): NamedSource {
  const { sources } = readSettings({ sources: { [url.slice(0, 63)]: { kind: "prometheus", url } } }, {});
  const [opened] = openSources(sources, { clock: systemClock, mayConnectTo }).byName.values();
  if (opened === undefined) throw new TypeError("a source wanted, none opened");
  return opened;
}

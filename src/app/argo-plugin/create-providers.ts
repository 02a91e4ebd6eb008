import type { ClusterEnvironment } from "../../adapters/kubernetes/find-cluster-access.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { systemClock } from "../system-clock.ts";
import { loadPluginSettings, type PluginEnvironment } from "./plugin-settings.ts";
import type { Providers } from "./providers.ts";
import { refusingMetricProvider, refusingStepProvider } from "./refusing-providers.ts";

/**
 * Puts the plugin together by its arguments and the environment. Never throws
 * for a fault of them: the providers then say it in every answer, where a user
 * sees it, for a plugin that ends early hides why.
 */
export async function createProviders(
  args: readonly string[],
  environment: PluginEnvironment & ClusterEnvironment,
  logger: Logger,
): Promise<Providers> {
  try {
    const loaded = await loadPluginSettings(args, environment);
    if (loaded.kind === "remote") {
      const { openRemoteProviders } = await import("./remote-providers.ts");
      return await openRemoteProviders(loaded.server, logger);
    }
    const { openLocalProviders } = await import("./local-providers.ts");
    return await openLocalProviders(loaded.settings, environment, logger);
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    logger.error({ err: error }, "the plugin cannot work: every answer will say why");
    return {
      metric: refusingMetricProvider(error, systemClock),
      step: refusingStepProvider(error),
    };
  }
}

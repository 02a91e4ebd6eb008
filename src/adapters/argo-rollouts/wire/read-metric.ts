import type { MetricView } from "../controller-view.ts";
import { entriesOf, fieldOf, type Located, rawJsonOf, textOf } from "./located.ts";

/**
 * Reads a Metric of argo-rollouts.
 *
 * Its `provider.plugin` names one plugin, by whatever name ours is configured;
 * if there are several it cannot be told which is ours, and none is taken.
 *
 * @throws CoalmineError invalid-request, too-large.
 */
export function readMetric(at: Located): MetricView {
  const plugins = entriesOf(fieldOf(at, "Provider", "Plugin"));
  const [plugin] = plugins;
  return {
    name: textOf(fieldOf(at, "Name")),
    initialDelay: textOf(fieldOf(at, "InitialDelay")),
    successCondition: textOf(fieldOf(at, "SuccessCondition")),
    failureCondition: textOf(fieldOf(at, "FailureCondition")),
    config: plugin === undefined || plugins.length > 1 ? "" : rawJsonOf(plugin[1]),
  };
}

import type { MetricProvider } from "../../adapters/argo-rollouts/metric-provider.ts";
import type { StepProvider } from "../../adapters/argo-rollouts/step-provider.ts";

/** Both plugins' methods: which of them is asked is the host's choice. */
export interface Providers {
  readonly metric: MetricProvider;
  readonly step: StepProvider;
}

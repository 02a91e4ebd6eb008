/**
 * What the controller tells a plugin, as far as a plugin of ours looks at it.
 * Read from gob by the wire side and from the Kubernetes API by a
 * {@link RolloutReader}; plain data, so that it may be posted to another thread.
 *
 * Times are milliseconds since the epoch; a text that Go left empty is "".
 */

/** An AnalysisRun (pkg/apis/rollouts/v1alpha1 of argo-rollouts). */
export interface AnalysisRunView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly createdAt: number | null;
  /** Null at the first measurement of a run without an initial delay: the controller sets it afterwards. */
  readonly startedAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The owner that is the controller; null for a run that somebody made by hand. */
  readonly owner: { readonly kind: string; readonly name: string; readonly uid: string } | null;
  /** The arguments that have a value. It may be a secret: never to be shown. */
  readonly args: Readonly<Record<string, string>>;
  /** Completed measurements of this metric that were not Errors. */
  readonly measured: number;
}

/** A metric of an AnalysisRun, its arguments already filled in. */
export interface MetricView {
  readonly name: string;
  /** A Go duration such as `90s`; "" without one. */
  readonly initialDelay: string;
  readonly successCondition: string;
  readonly failureCondition: string;
  /** The JSON under the plugin's name in `provider.plugin`, whatever that name is; "" where there is none. */
  readonly config: string;
}

/** A Rollout. */
export interface RolloutView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Pod template hashes; "" before there is one. */
  readonly stableHash: string;
  readonly canaryHash: string;
  /** Index of the current step; null without steps. */
  readonly stepIndex: number | null;
  /** The canary's share of traffic in percent that the router was told; null where there is no router or nothing was said. */
  readonly weight: number | null;
  /** `spec.progressDeadlineSeconds`; 600, the controller's default, where it is not set. */
  readonly progressDeadlineSeconds: number;
}

/** Reads a Rollout from the Kubernetes API. */
export interface RolloutReader {
  /**
   * The Rollout; null if there is none of that name.
   *
   * @throws CoalmineError source-unavailable where asking again may help (the API
   *   server is away), forbidden-like `invalid-settings` where it will not, with what is missing.
   */
  read(namespace: string, name: string, signal: AbortSignal): Promise<RolloutView | null>;
}

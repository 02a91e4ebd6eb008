import type { RolloutView } from "./controller-view.ts";

/** A step of a canary Rollout that names the plugin. */
export interface StepRequest {
  readonly rollout: RolloutView;
  /** The step's `plugin.config` as JSON; "" where there is none. */
  readonly config: string;
  /** What the plugin answered last as its status, as JSON; "" at the first call. */
  readonly status: string;
}

/**
 * What a step answers (RpcStepResult of argo-rollouts). Never Error: with it and
 * no RpcError beside it the controller would never call the step again.
 */
export interface StepResult {
  readonly phase: "Running" | "Successful" | "Failed";
  readonly message: string;
  /** Over 10 s while running (the controller makes anything less 30 s); 0 otherwise. */
  readonly requeueAfterMs: number;
  /** A JSON object, as the Rollout's schema wants; null leaves the stored one as it is. */
  readonly status: Readonly<Record<string, unknown>> | null;
}

/** The step plugin's methods, in no protocol's words. Throws only for a fault of ours. */
export interface StepProvider {
  /** May be called again after it took effect. */
  run(request: StepRequest): Promise<StepResult>;
  /** The Rollout was promoted in full while the step ran. */
  terminate(request: StepRequest): Promise<StepResult>;
  /** The Rollout was aborted; also called for steps that have ended. */
  abort(request: StepRequest): Promise<StepResult>;
}
